"""How one scan lies in another: a rigid fit of their values, which says how well it fits.

Mutual information, so that two scanners need not agree on what white is. Nothing in a picture says
how far off a fit is; so both are fitted onto each other, and a point that goes there and back by
the two fits lands beside itself by about what either is off.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk  # noqa: N813 - the name all of its documentation uses
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply

_VOXEL_MM = 2.0
"""Finer voxels are brought to about this: a rigid fit of a whole body part is found from these to a
twentieth of one, in a tenth of the time."""
_BINS, _SEED = 32, 1
_COARSE, _FINE = ((4, 2.0),), ((2, 1.0), (1, 0.0))
"""Shrunk so many times, smoothed by so many voxels."""
_SAMPLES = 60_000
"""Looked at, at most."""
_Levels = tuple[tuple[int, float], ...]
MAX_RESIDUAL_MM = 1.5
MIN_OVERLAP = 0.5
MIN_LIKENESS = 0.12
"""Mutual information over the lesser entropy: 0 is nothing in common, 1 one image of the other."""
_CHECKED = 4000


@dataclass(frozen=True, slots=True, eq=False)
class ImageFit:
    fixed_from_moving: Matrix
    residual_mm: float
    """Root mean square, over the body, of how far there and back ends beside itself."""
    overlap: float
    """The share of the fixed scan's body that lies within the moving one."""
    likeness: float

    @property
    def is_good(self) -> bool:
        return (
            self.residual_mm <= MAX_RESIDUAL_MM
            and self.overlap >= MIN_OVERLAP
            and self.likeness >= MIN_LIKENESS
        )


def fitted_scans(moving: Volume, fixed: Volume) -> ImageFit:
    """Raises MeasureError for a fit that nobody should look at."""
    fit = best_image_fit(moving, fixed)
    if not fit.is_good:
        raise MeasureError(
            f"the scans {fixed.name} and {moving.name} do not fit (there and back is "
            f"{fit.residual_mm:.1f} mm off, {100 * fit.overlap:.0f} % overlap, likeness "
            f"{fit.likeness:.2f}); is it the same part of the same person?"
        )
    return fit


def best_image_fit(moving: Volume, fixed: Volume) -> ImageFit:
    """Good or not."""
    images = _image(fixed), _image(moving)
    body = _body_mm(images[0])
    with ThreadPoolExecutor(2) as pool:
        there, back = pool.map(_registered, images, images[::-1])
    gone = apply(back, apply(there, body))
    residual = float(np.sqrt(((gone - body) ** 2).sum(axis=1).mean()))
    read, is_inside = _values_at(images[1], apply(there, body))
    overlap = float(is_inside.mean())
    values, _ = _values_at(images[0], body)
    likeness = _likeness(values[is_inside], read[is_inside])
    return ImageFit(np.asarray(np.linalg.inv(there), np.float64), residual, overlap, likeness)


def _image(volume: Volume) -> sitk.Image:
    """In the case frame."""
    spacing = np.linalg.norm(volume.case_from_voxel[:3, :3], axis=0)
    axes = volume.case_from_voxel[:3, :3] / spacing
    if np.abs(axes.T @ axes - np.eye(3)).max() > 1e-3:
        raise MeasureError(f"the scan {volume.name} is sheared: resample it before fitting")
    if min(volume.voxels.shape[:3]) < 8:
        raise MeasureError(f"the scan {volume.name} has too few slices to be fitted")
    voxels = np.asarray(volume.voxels, np.float32).transpose(2, 1, 0)
    image = sitk.GetImageFromArray(np.nan_to_num(voxels))
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(volume.case_from_voxel[:3, 3].tolist())
    image.SetDirection(axes.ravel().tolist())
    shrink = [max(1, round(_VOXEL_MM / s)) for s in spacing.tolist()]
    return sitk.BinShrink(image, shrink) if max(shrink) > 1 else image


def _registered(fixed: sitk.Image, moving: sitk.Image) -> NDArray[np.float64]:
    """moving_from_fixed. Coarsely from where both lie, and from their middles; then finely from
    whichever ended better."""
    best: tuple[float, sitk.Transform] | None = None
    for start in _starts(fixed, moving):
        method = _method(_COARSE, fixed)
        method.SetInitialTransform(start, inPlace=False)
        try:
            found = method.Execute(fixed, moving)
        except RuntimeError:  # nothing of one lies in the other
            continue
        if best is None or method.GetMetricValue() < best[0]:
            best = (method.GetMetricValue(), found)
    if best is None:
        raise MeasureError("the two scans have no place in common")
    method = _method(_FINE, fixed)
    method.SetInitialTransform(sitk.Euler3DTransform(_rigid(best[1])), inPlace=False)
    return _matrix(method.Execute(fixed, moving))


def _rigid(found: sitk.Transform) -> sitk.Transform:
    """Out of the wrapping that a registration puts its answer into."""
    is_wrapped = found.GetTransformEnum() == sitk.sitkComposite
    return sitk.CompositeTransform(found).GetNthTransform(0) if is_wrapped else found


def _starts(fixed: sitk.Image, moving: sitk.Image) -> list[sitk.Transform]:
    middle = fixed.TransformContinuousIndexToPhysicalPoint(
        [(size - 1) / 2 for size in fixed.GetSize()]
    )
    as_it_lies = sitk.Euler3DTransform()
    as_it_lies.SetCenter(middle)
    centered = sitk.CenteredTransformInitializer(
        fixed,
        moving,
        sitk.Euler3DTransform(),
        sitk.CenteredTransformInitializerFilter.MOMENTS,
    )
    return [as_it_lies, centered]


def _method(levels: _Levels, fixed: sitk.Image) -> sitk.ImageRegistrationMethod:
    """One thread each: with several, sums differ from run to run; two run beside each other."""
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(_BINS)
    method.SetMetricSamplingStrategy(method.REGULAR)
    voxels = fixed.GetNumberOfPixels()
    shares = [min(1.0, _SAMPLES * factor**3 / voxels) for factor, _ in levels]
    method.SetMetricSamplingPercentagePerLevel(shares, _SEED)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-4, 120, relaxationFactor=0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([factor for factor, _ in levels])
    method.SetSmoothingSigmasPerLevel([sigma for _, sigma in levels])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff()
    return method


def _matrix(transform: sitk.Transform) -> NDArray[np.float64]:
    ends = np.array([transform.TransformPoint(p) for p in np.vstack([np.zeros(3), np.eye(3)])])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = (ends[1:] - ends[0]).T, ends[0]
    return matrix


def _body_mm(image: sitk.Image) -> NDArray[np.float64]:
    """Places where there is something, evenly over it."""
    values = sitk.GetArrayViewFromImage(image)
    is_body = np.asarray(sitk.GetArrayFromImage(sitk.OtsuThreshold(image, 0, 1)), bool)
    places = np.argwhere(is_body if is_body.any() else np.ones(values.shape, bool))
    picked = places[:: max(1, len(places) // _CHECKED)][:, ::-1].astype(np.float64)
    axes = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    return np.asarray(picked @ axes.T + image.GetOrigin())


def _values_at(
    image: sitk.Image, points_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of the nearest voxels, and which points lie within."""
    axes = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    places = np.round((points_mm - image.GetOrigin()) @ np.linalg.inv(axes).T).astype(int)
    size = np.array(image.GetSize())
    is_inside = ((places >= 0) & (places < size)).all(axis=1)
    i, j, k = np.clip(places, 0, size - 1).T
    return np.asarray(sitk.GetArrayViewFromImage(image)[k, j, i], np.float64), is_inside


def _likeness(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if len(a) < _BINS or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    limits = [np.percentile(v, (1, 99)) for v in (a, b)]
    a, b = (np.clip(v, *limit) for v, limit in zip((a, b), limits, strict=True))
    joint = np.histogram2d(a, b, 16)[0] / len(a)
    alone = [_entropy(joint.sum(axis=axis)) for axis in (0, 1)]
    shared = sum(alone) - _entropy(joint.ravel())
    return float(shared / max(min(alone), 1e-9))


def _entropy(share: NDArray[np.float64]) -> float:
    known = share[share > 0]
    return float(-(known * np.log(known)).sum())
