/* Poses in whole numbers: what is proved is what is stored. */
#include "arm/pose.h"

#include <math.h>

np_arm_via np_arm_via_of(const np_arm_pose *pose)
{
    const double tip[3] = {pose->tip.x, pose->tip.y, pose->tip.z};
    const double axis[3] = {pose->axis.x, pose->axis.y, pose->axis.z};
    np_arm_via via;
    for (int k = 0; k < 3; k++) {
        via.tip_um[k] = (int32_t)lround(fmax(-2e9, fmin(2e9, tip[k] * 1e3)));
        via.axis_e6[k] = (int32_t)lround(fmax(-2e6, fmin(2e6, axis[k] * 1e6)));
    }
    return via;
}

np_arm_pose np_arm_via_pose(const np_arm_via *via)
{
    return (np_arm_pose){
        np_vec3_scale(np_vec3_make(via->tip_um[0], via->tip_um[1], via->tip_um[2]), 1e-3),
        np_vec3_normalize(np_vec3_make(via->axis_e6[0], via->axis_e6[1], via->axis_e6[2])),
    };
}

np_arm_pose np_arm_pose_stored(const np_arm_pose *pose)
{
    np_arm_via via = np_arm_via_of(pose);
    return np_arm_via_pose(&via);
}
