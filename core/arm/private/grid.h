/* Least distances from the scan, on a coarse grid. */
#ifndef NP_ARM_PRIVATE_GRID_H
#define NP_ARM_PRIVATE_GRID_H

#include "surface/mesh.h"

typedef struct arm_grid {
    np_vec3 low, high; /* the box of the scan */
    double cell_mm;
    int n[3];
    float *least_mm; /* [n[0] n[1] n[2]], x fastest: no point of the cell is nearer to the scan */
} arm_grid;

np_status arm_grid_init(arm_grid *grid, const np_mesh *mesh, np_error *err);
void arm_grid_fini(arm_grid *grid);
/* No point of the scan is nearer to P than this. */
double arm_grid_least_mm(const arm_grid *grid, np_vec3 p);

#endif
