/* Inputs of every kind, as they are to a strategy that does not care. */
#ifndef NP_TESTS_BADPLUGINS_INPUTS_H
#define NP_TESTS_BADPLUGINS_INPUTS_H

#include <needlepath/plugin_kit.h>

static const np_input_desc any_inputs[] = {
    NP_KIT_INPUT("region", "Region", "A region.", NP_INPUT_REGION, 0, 1),
    NP_KIT_INPUT("curve", "Curve", "A curve.", NP_INPUT_CURVE, 0, 1),
    NP_KIT_INPUT("points", "Points", "Points.", NP_INPUT_POINTS, 0, 1),
};

#endif
