#include "scan/frame.h"

np_head_frame np_head_frame_make(const np_case_landmarks *landmarks, double scale)
{
    np_vec3 left = np_vec3_normalize(np_vec3_sub(landmarks->tragion_left, landmarks->tragion_right));
    np_vec3 forward = np_vec3_sub(landmarks->glabella, landmarks->inion);
    np_vec3 anterior = np_vec3_normalize(np_vec3_reject(forward, left));
    return (np_head_frame){
        .origin = np_vec3_lerp(landmarks->tragion_left, landmarks->tragion_right, 0.5),
        .row = {anterior, left, np_vec3_cross(anterior, left)},
        .scale = scale,
    };
}

np_vec3 np_head_frame_apply(const np_head_frame *frame, np_vec3 file_point)
{
    np_vec3 d = np_vec3_scale(np_vec3_sub(file_point, frame->origin), frame->scale);
    return (np_vec3){np_vec3_dot(frame->row[0], d), np_vec3_dot(frame->row[1], d),
                     np_vec3_dot(frame->row[2], d)};
}

np_vec3 np_head_frame_revert(const np_head_frame *frame, np_vec3 head_point)
{
    np_vec3 d = np_vec3_scale(frame->row[0], head_point.x);
    d = np_vec3_mad(d, frame->row[1], head_point.y);
    d = np_vec3_mad(d, frame->row[2], head_point.z);
    return np_vec3_mad(frame->origin, d, 1 / frame->scale);
}

np_case_landmarks np_head_frame_apply_landmarks(const np_head_frame *frame,
                                                const np_case_landmarks *landmarks)
{
    return (np_case_landmarks){
        .glabella = np_head_frame_apply(frame, landmarks->glabella),
        .inion = np_head_frame_apply(frame, landmarks->inion),
        .tragion_left = np_head_frame_apply(frame, landmarks->tragion_left),
        .tragion_right = np_head_frame_apply(frame, landmarks->tragion_right),
        .vertex = np_head_frame_apply(frame, landmarks->vertex),
    };
}
