/* The inside of a plugin's test. */
#ifndef NP_PLUGIN_TEST_PRIVATE_PARTS_H
#define NP_PLUGIN_TEST_PRIVATE_PARTS_H

#include <needlepath/plugin_test.h>
#include <stdbool.h>
#include <stddef.h>

#define PLUGIN_TEST_SAMPLES 2000u
#define PLUGIN_TEST_COLUMNS 32

/* A curve on the ball, or the border of a round region: its corners as unit vectors, and the curve as a strategy sees it. */
typedef struct plugin_test_line {
    double (*corners)[3];
    uint32_t n_corners; /* of a closed one the first is not repeated */
    bool closed;
    double *arc_mm;   /* at each corner */
    double middle[3]; /* of a round region, unit; its radius */
    double radius_mm; /* 0: none */
    uint32_t slot;
    np_strategy_curve c; /* its x owns all four arrays */
} plugin_test_line;

typedef struct plugin_test_points {
    double *data; /* x, y, z, nx, ny, nz, and the slot's values */
    const double *rows[NP_MAX_POINT_VALUES];
    uint32_t given; /* a bit for each value: the test gave it */
    uint32_t slot;
    np_strategy_points p;
} plugin_test_points;

/* Samples and field in arrays as the ABI promises them. */
typedef struct plugin_test_batch {
    np_strategy_samples samples;
    np_strategy_field field;
    void *arrays[PLUGIN_TEST_COLUMNS];
    int n_arrays;
} plugin_test_batch;

struct np_test {
    np_strategy_desc taken; /* with its tables, the test's own */
    bool is_taken;
    const np_strategy_desc *strategy; /* NULL: there is none of the name */
    int failures;
    bool cancelled, has_run, is_laid_out, calls_failed;
    char error[600], log[4000];
    np_host host;
    np_strategy_job job;
    np_strategy_head head;
    double whorl[3];
    np_strategy_treatment treatment;
    void *state;
    double *params;
    np_param_value *values;
    const np_param_value **value_pointers;
    double hair_per_cm2;
    double made_per_cm2, planned_per_cm2, made_tone; /* everywhere; a tone of -1: nothing was made */
    plugin_test_line regions[NP_MAX_REGIONS], curves[NP_MAX_CURVES];
    plugin_test_points points[NP_MAX_POINT_SETS];
    uint32_t n_regions, n_curves, n_points, n_own_curves;
    np_strategy_input inputs[NP_MAX_INPUTS];
    const np_strategy_input *input_pointers[NP_MAX_INPUTS];
    const np_strategy_curve *region_pointers[NP_MAX_REGIONS], *curve_pointers[NP_MAX_CURVES];
    const np_strategy_points *point_pointers[NP_MAX_POINT_SETS];
    np_strategy_pin *pins;
    uint32_t n_pins, n_asked; /* samples painted by np_test_at */
    np_test_dot *dots;
};

#endif
