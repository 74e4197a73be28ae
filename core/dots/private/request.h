/* Reading a request: whether it makes sense, how many dots it asks for, and where its fixed ones lie. */
#ifndef NP_DOTS_PRIVATE_REQUEST_H
#define NP_DOTS_PRIVATE_REQUEST_H

#include "dots/dots.h"
#include "dots/private/seed.h"
#include "dots/private/surface.h"
#include "dots/private/particles.h"

/* Any more is a mistake, and would not fit 31-bit links either. */
#define DOTS_COUNT_MAX ((size_t)20000000)

/* The smallest spacing that dots at their densest can be made to keep, in s. */
#define DOTS_TIGHTEST 0.85

/* Numbers finite and in range; NP_ERR_INVALID names the field, the vertex or the pin. */
np_status dots_request_check(const np_dots_request *request, np_error *err);

/* How many dots each layer gets (the caller frees out_budget->n, which holds both arrays), and by which
 * factor the density is to be multiplied for exact_count.  OWN (n_layers): pins that the density does not make (clearings.h). */
np_status dots_request_budget(const np_dots_request *request, const dots_surface *surface, const size_t *own,
                              dots_budget *out_budget, double *out_factor, np_error *err);

/* Where the pins lie on the surface: out_spots[n_pins]. */
np_status dots_request_pins(const np_dots_request *request, const dots_surface *surface, dots_spot *out_spots,
                            np_error *err);

/* Adds the density of existing hair to the surface's local density, and refuses more than the floor can hold. */
np_status dots_request_local_density(const np_dots_request *request, dots_surface *surface, np_error *err);

/* The existing hair as sites: out_sites[n_existing], with the local density at the nearest vertex, or else the mean. */
np_status dots_request_hair(const np_dots_request *request, const dots_surface *surface, dots_site *out_sites,
                            np_error *err);

#endif
