/* The witness: whether the tool, where it stands, is in the head.  With code of its own on Embree, so that it shares
 * no mistake with the planner (core/arm), whose proofs it is to check: the planner bounds distances with balls and planes, the
 * witness measures each triangle near the tool against the tool's true outline.
 *
 * The tool is a body of revolution about the needle's axis, from the tip backwards: needle, cone, body.  In a puncture's own axis
 * the needle may be below the skin; cone and body never.  A scan is open at the neck: what is not in it is not looked at.
 *
 * Poses in the mesh's frame (head frame), mm.  One thread. */
#ifndef NP_SIM_WITNESS_H
#define NP_SIM_WITNESS_H

#include <stdbool.h>

#include "sim/head_mesh.h"
#include "sim/way.h"

/* Needle, cartridge and handpiece, of the sizes that plans are proved for (docs/decisions/moves.md). */
typedef struct sim_tool {
    double needle_diameter_mm, needle_length_mm;
    double cone_tip_diameter_mm, cone_base_diameter_mm, cone_length_mm;
    double body_diameter_mm, body_length_mm;
} sim_tool;

sim_tool sim_tool_default(void);

typedef struct sim_finding {
    const char *part; /* "needle", "cone", "body" */
    double depth_mm;  /* how far it is below the skin */
    np_vec3 place;    /* there, on the skin */
} sim_finding;

typedef struct sim_witness sim_witness;

/* Takes MESH over (it is zero afterwards, also on error).  What is in the head by no more than TOLERANCE_MM is not found.
 * NP_ERR_NO_MEMORY, NP_ERR_INTERNAL.  The caller destroys *out_witness. */
np_status sim_witness_create(sim_head_mesh *mesh, const sim_tool *tool, double tolerance_mm, sim_witness **out_witness,
                             np_error *err);
void sim_witness_destroy(sim_witness *witness);

/* True if the tool at POSE is clear, IN_PUNCTURE the needle aside; otherwise what is deepest in the head.  Quick where the tool
 * has hardly moved since it was looked at last. */
bool sim_witness_look(sim_witness *witness, const sim_pose *pose, bool in_puncture, sim_finding *out_finding);

/* Whether any of the skin is within LIMIT_MM of P. */
bool sim_witness_is_near(const sim_witness *witness, np_vec3 p, double limit_mm);

#endif
