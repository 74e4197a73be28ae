/* The hairline's part of the form (dots/form.h). */
#ifndef NP_DOTS_PRIVATE_FORM_H
#define NP_DOTS_PRIVATE_FORM_H

#include "dots/form.h"

/* HAIRLINE_HEIGHT, FRONT_MIRROR and FRONT_STRAIGHT. */
void dots_form_front(const np_form_dot *dots, size_t n, const np_form_head *head, np_form_value out[NP_FORM_FIGURES]);

#endif
