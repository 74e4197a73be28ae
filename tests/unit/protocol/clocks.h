/* The harness's clocks that jump, and its camera, which measures where the head is.  A part of harness.h, which includes it. */
#ifndef NP_TESTS_UNIT_PROTOCOL_CLOCKS_H
#define NP_TESTS_UNIT_PROTOCOL_CLOCKS_H

#define JOB_POSE_US 25000
#define JOB_POSE_OLD_US 100000 /* no dot begins with one that is older */

/* One clock jumps, back or forth, by LEAST_US or up to ten hours more.  It is not less than nothing, and not set back beyond its
 * start. */
static inline void job_jump(job *j, uint64_t *ahead_us, uint64_t least_us)
{
    uint64_t most = UINT64_C(1000) << random_next(&j->random) % 26, size = least_us + random_next(&j->random) % most;
    uint64_t to = *ahead_us + (random_next(&j->random) & 1 ? size : 0 - size);
    if ((int64_t)(j->now_us + to) > 0)
        *ahead_us = to;
}

/* In S seconds.  Steps back are longer than from one look at the clock to the next, which is why each of them is seen. */
static inline void job_clocks_step(job *j, double s)
{
    if (j->faults.jump > 0 && random_hits(&j->random, j->faults.jump * s))
        job_jump(j, random_next(&j->random) & 1 ? &j->executor_ahead_us : &j->sender_ahead_us, 10000);
}

/* The head drifts; now and then it is out of sight, badly seen, or somebody has moved. */
static inline void job_camera_step(job *j)
{
    if (!j->tracking || !j->sender || j->now_us < j->camera_us)
        return;
    j->camera_us = j->now_us + JOB_POSE_US + (random_hits(&j->random, 0.005) ? random_next(&j->random) % 500000 : 0);
    j->head_um += (int32_t)(random_next(&j->random) % 21) - 10 + (random_hits(&j->random, 0.002) ? 3000 : 0);
    np_wire_pose pose = {{1000000}, {j->head_um % 100000}};
    uint32_t quality = random_hits(&j->random, 0.01) ? 100000 : 900000;
    np_wire_sender_pose(j->sender, job_sender_us(j), quality, &pose);
}

/* A pose that comes to the executor. */
static inline void job_note_pose(job *j, const job_packet *p)
{
    np_wire_frame f;
    np_wire_message m;
    if (j->tracking && np_wire_frame_decode(p->bytes, p->size, &f) == NP_WIRE_OK && f.type == NP_WIRE_MSG_POSE &&
        np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL) == NP_WIRE_OK &&
        m.u.tracking.quality_ppm >= 500000)
        j->good_pose_us = j->now_us;
}

static inline void job_check_pose(job *j, uint32_t order)
{
    if (j->tracking && j->now_us > j->good_pose_us + JOB_POSE_OLD_US)
        job_trouble(j, "a dot began while nobody knew where the head is", order);
}

#endif
