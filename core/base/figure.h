/* A number with a name: how rooms that know nothing of one another hand on what was measured. */
#ifndef NP_BASE_FIGURE_H
#define NP_BASE_FIGURE_H

#define NP_FIGURE_NAME_BYTES 32 /* with the closing zero byte */

typedef struct np_figure {
    char name[NP_FIGURE_NAME_BYTES];
    double value;
} np_figure;

#endif
