/* data/dot_optics.csv as compiled in: by kind of column, diameter, foot, absorption. */
#ifndef NP_SKIN_PRIVATE_TABLE_H
#define NP_SKIN_PRIVATE_TABLE_H

#include "skin/optics.h"

enum {
    SKIN_DIAMETERS = 6,
    SKIN_FEET = 9,
    SKIN_MUS = 6,
    SKIN_ROWS = NP_SKIN_COLUMN_KINDS * SKIN_DIAMETERS * SKIN_FEET * SKIN_MUS,
    /* columns, as in the file: kind, diameter, foot, absorption, then areas in mm2 by channel */
    SKIN_AREA = 4,                                       /* of each Gaussian, light skin */
    SKIN_CLASS_AREA = SKIN_AREA + 3 * NP_SKIN_GAUSSIANS, /* of each class of skin */
    SKIN_COLUMNS = SKIN_CLASS_AREA + 3 * NP_SKIN_CLASSES
};

extern const double skin_table[SKIN_ROWS][SKIN_COLUMNS];

#endif
