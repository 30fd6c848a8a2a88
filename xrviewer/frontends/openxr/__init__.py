"""The headset, through OpenXR; split by life time: instance, session, swapchain, actions..."""
