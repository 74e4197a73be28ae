/* Whether places on the skin are known well enough for a needle.
 *
 * Programs keep coordinates as 32-bit floats, which step by 1 mm at 10 km from the origin, where surveying instruments put their
 * scans; others round to whole millimetres, or to integers of few bits.  A mesh that was moved back to the origin afterwards still shows
 * it: its coordinates are multiples of one step.  A step of half a millimetre is 0.14 mm of noise, which smoothing takes out.
 * One axis alone may be so of right, in contours of slices. */
#include "head/private/precision.h"

#include <math.h>
#include <stdlib.h>

#define FAR_MM 10000.0
#define STEP_MAX_MM 0.5
#define SAMPLES 8192
#define VALUES_MIN 20 /* fewer different ones say nothing */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The step that VALUES (N, in order) are multiples of, up to an offset; 0 for none. */
static double step_of(const double *values, size_t n)
{
    double step = INFINITY;
    size_t different = 1;
    for (size_t i = 1; i < n; i++) {
        double gap = values[i] - values[i - 1];
        different += gap > 0;
        step = gap > 0 ? fmin(step, gap) : step;
    }
    if (different < VALUES_MIN)
        return 0;
    for (size_t i = 1; i < n; i++) {
        double steps = (values[i] - values[i - 1]) / step;
        if (fabs(steps - round(steps)) > 0.02)
            return 0;
    }
    return step;
}

/* The second coarsest of the axes' steps in MESH's coordinates; VALUES has room for all samples. */
static double second_step(const np_mesh *mesh, double *values)
{
    size_t stride = mesh->n_vertices / SAMPLES + 1;
    double coarsest = 0, second = 0;
    for (int axis = 0; axis < 3; axis++) {
        size_t n = 0;
        for (size_t i = 0; i < mesh->n_vertices; i += stride) {
            np_vec3 p = mesh->vertices[i];
            values[n++] = axis == 0 ? p.x : axis == 1 ? p.y : p.z;
        }
        qsort(values, n, sizeof *values, compare);
        double step = step_of(values, n);
        second = fmax(second, fmin(step, coarsest));
        coarsest = fmax(coarsest, step);
    }
    return second;
}

np_status head_scan_check_precision(const np_case_scan *source, const np_mesh *mesh, double scale, np_error *err)
{
    double far_mm = np_vec3_length(source->landmarks.glabella) * scale;
    if (far_mm > FAR_MM)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: the head lies %.0f mm from the file's origin, at most %.0f are taken: far from it, programs that keep "
            "coordinates as 32-bit floats know a place to %.2g mm only; move the scan and its landmarks to the origin",
            source->file, far_mm, FAR_MM, far_mm * 0x1p-23);
    double *values = malloc((SAMPLES + 1) * sizeof *values);
    if (!values)
        return np_error_no_memory(err, "the scan");
    double step_mm = second_step(mesh, values) * scale;
    free(values);
    if (step_mm > STEP_MAX_MM)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: the coordinates come in steps of %.2g mm, so that no place on the skin is known "
                            "better (at most %.1f mm); "
                            "export the scan with more decimals or bits, and near the origin",
                            source->file, step_mm, STEP_MAX_MM);
    return NP_OK;
}
