/* Follicular units among hairs listed one by one: single linkage (Sibson, Comput. J. 16, 1973), as the units of which all statistics here
 * are were found (docs/domain.md 7.2). */
#include "base/near.h"

#include <stdlib.h>
#include <string.h>

#define NO_UNIT UINT32_MAX

np_status np_near_units(const np_vec3 *hairs, size_t stride, size_t n, uint32_t *out_unit, size_t *out_n, np_error *err)
{
    const double apart2 = NP_NEAR_UNIT_MM * NP_NEAR_UNIT_MM;
    np_near near;
    *out_n = 0;
    uint32_t *found =
        malloc((n + 1) * sizeof *found); /* of the unit at hand; those before AT have been looked around */
    np_status status = found ? np_near_init(&near, hairs, stride, n, NP_NEAR_UNIT_MM, err)
                             : np_error_no_memory(err, "follicular units");
    if (status != NP_OK)
        goto done;
    memset(out_unit, 0xFF, n * sizeof *out_unit);
    for (size_t i = 0; i < n; i++) {
        if (out_unit[i] != NO_UNIT)
            continue;
        size_t n_found = 0;
        found[n_found++] = (uint32_t)i;
        out_unit[i] = (uint32_t)*out_n;
        for (size_t at = 0; at < n_found; at++) {
            np_vec3 p = np_near_point(&near, found[at]);
            np_near_walk walk = np_near_around(&near, p, NP_NEAR_UNIT_MM);
            for (uint32_t j; np_near_next(&walk, &j);)
                if (out_unit[j] == NO_UNIT && np_vec3_distance2(p, np_near_point(&near, j)) < apart2) {
                    out_unit[j] = (uint32_t)*out_n;
                    found[n_found++] = j;
                }
        }
        ++*out_n;
    }
    np_near_fini(&near);
done:
    free(found);
    return status;
}
