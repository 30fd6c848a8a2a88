"""The headset, through OpenXR. Split by life time: instance, session, swapchain, actions, spaces."""
