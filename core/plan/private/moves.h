/* The moves in the plan file and in its digest. */
#ifndef NP_PLAN_PRIVATE_MOVES_H
#define NP_PLAN_PRIVATE_MOVES_H

#include "plan/hash.h"
#include "plan/private/db.h"

#define PLAN_MOVES_SQL                                                                                                 \
    "CREATE TABLE hovers (session INTEGER NOT NULL, tour_order INTEGER NOT NULL, hover_um INTEGER NOT NULL,"           \
    " PRIMARY KEY (session, tour_order)) STRICT, WITHOUT ROWID;"                                                       \
    "CREATE TABLE moves (number INTEGER PRIMARY KEY, session INTEGER NOT NULL, from_order INTEGER NOT NULL,"           \
    " to_order INTEGER NOT NULL, vias INTEGER NOT NULL) STRICT;"                                                       \
    "CREATE TABLE vias (number INTEGER PRIMARY KEY, x_um INTEGER NOT NULL, y_um INTEGER NOT NULL,"                     \
    " z_um INTEGER NOT NULL, ax_ppm INTEGER NOT NULL, ay_ppm INTEGER NOT NULL, az_ppm INTEGER NOT NULL) STRICT;"
/* What a file of version 9 lacks of version 10. */
#define PLAN_GANTRY_SQL                                                                                                \
    "ALTER TABLE hovers ADD COLUMN lean_deg INTEGER NOT NULL DEFAULT 0;"                                               \
    "CREATE TABLE support (node INTEGER PRIMARY KEY, reach_um INTEGER NOT NULL) STRICT;"

np_status plan_moves_write(plan_db *db, const np_plan *plan, np_error *err);
/* Nothing in a file without moves.  Needs the dots. */
np_status plan_moves_read(plan_db *db, np_plan *plan, np_error *err);
/* Adds nothing for a plan without moves, so that its digest stays what it was. */
void plan_moves_hash(np_hash *h, const np_plan *plan);

#endif
