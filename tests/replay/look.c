/* Looks whether the tool is in a head, pose by pose: what a program for a machine does to a head, once something has run it.
 *
 *   look HEAD.ply
 *
 * HEAD.ply is what `needlepath head --case` writes.  Reads lines "X Y Z AX AY AZ PUNCTURE" (the tip in mm and the needle's axis, head frame; 1 while
 * the needle may be in the skin) and prints a line for each pose at which the witness finds the tool in the head, then how many
 * poses it looked at. */
#include <stdio.h>

#include "sim/witness.h"

static size_t look(sim_witness *witness)
{
    size_t n = 0;
    sim_pose p;
    int in_puncture;
    while (scanf("%lf %lf %lf %lf %lf %lf %d", &p.tip.x, &p.tip.y, &p.tip.z, &p.axis.x, &p.axis.y, &p.axis.z,
                 &in_puncture) == 7) {
        sim_finding f;
        p.axis = np_vec3_normalize(p.axis);
        if (!sim_witness_look(witness, &p, in_puncture != 0, &f))
            printf("pose %zu: %s %.3f mm deep at %.1f %.1f %.1f\n", n, f.part, f.depth_mm, f.place.x, f.place.y,
                   f.place.z);
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    sim_head_mesh mesh;
    sim_witness *witness = NULL;
    np_error err = {0};
    sim_tool tool = sim_tool_default();
    np_status status =
        argc == 2 ? sim_head_mesh_read(argv[1], &mesh, &err) : np_error_set(&err, NP_ERR_USAGE, "usage: look HEAD.ply");
    if (status == NP_OK)
        status = sim_witness_create(&mesh, &tool, 0, &witness, &err);
    if (status == NP_OK)
        printf("%zu poses\n", look(witness));
    else
        fprintf(stderr, "look: %s\n", err.text);
    sim_witness_destroy(witness);
    return status == NP_OK ? 0 : 1;
}
