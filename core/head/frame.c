/* The one place where the head frame is made; everything behind the scan is in it, in millimetres. */
#include "head/private/frame.h"

np_similarity head_frame_make(const np_case_landmarks *landmarks, double scale)
{
    np_vec3 left = np_vec3_normalize(np_vec3_sub(landmarks->tragion_left, landmarks->tragion_right));
    np_vec3 forward = np_vec3_sub(landmarks->glabella, landmarks->inion);
    np_vec3 anterior = np_vec3_normalize(np_vec3_reject(forward, left));
    return (np_similarity){
        .origin = np_vec3_lerp(landmarks->tragion_left, landmarks->tragion_right, 0.5),
        .row = {anterior, left, np_vec3_cross(anterior, left)},
        .scale = scale,
    };
}

np_case_landmarks head_frame_apply_landmarks(const np_similarity *frame, const np_case_landmarks *landmarks)
{
    return (np_case_landmarks){
        .glabella = np_similarity_apply(frame, landmarks->glabella),
        .inion = np_similarity_apply(frame, landmarks->inion),
        .tragion_left = np_similarity_apply(frame, landmarks->tragion_left),
        .tragion_right = np_similarity_apply(frame, landmarks->tragion_right),
        .vertex = np_similarity_apply(frame, landmarks->vertex),
    };
}
