/* The arm of the harness, and the skin under it, which is the witness.  A part of harness.h, which includes it. */
#ifndef NP_TESTS_UNIT_PROTOCOL_ARM_H
#define NP_TESTS_UNIT_PROTOCOL_ARM_H

/* The arm sets out; it must be a move of the plan from where it stands. */
static inline void arm_leave(job *j, const np_wire_move *move, bool to_station)
{
    job_place bound = {JOB_NOWHERE, 0};
    if (j->travelling || j->motion_busy || j->reloading)
        job_trouble(j, "two moves at a time", move->dot ? move->dot->order : 0);
    if (!may_go(&j->plan, &j->place, move, to_station, &bound))
        job_trouble(j, "a move that is none of the plan's from where the arm stands", j->place.order);
    job_check_reach(j, move, &j->place);
    j->moves++;
    j->bound = bound;
    j->place = on_way_to(&bound);
}

static inline void motion_travel(void *context, const np_wire_move *move)
{
    job *j = context;
    if (j->crashed)
        return;
    arm_leave(j, move, false);
    if (j->now_us > j->last_frame_us + NP_WIRE_LEASE_US)
        job_trouble(j, "a move began after the lease", 0);
    j->travelling = true;
    j->travel_end_us = j->now_us + j->faults.motion_us / 4;
}

static inline void job_moves_step(job *j)
{
    if (!j->travelling || j->now_us < j->travel_end_us)
        return;
    np_wire_executor_info info;
    np_wire_executor_get_info(j->executor, &info);
    bool arrived = info.state == NP_WIRE_STATE_RUNNING;
    j->travelling = false;
    if (arrived)
        j->place = j->bound;
    np_wire_executor_arrived(j->executor, job_executor_us(j), arrived);
}

/* Drives the arm home, whenever he is asked for it. */
static inline void job_person_at_arm(job *j)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(j->executor, &info);
    if (!info.waits_for_home || j->travelling || j->motion_busy || j->reloading)
        return;
    if (np_wire_executor_at_home(j->executor, job_executor_us(j)))
        j->place = (job_place){JOB_AT_HOME, 0};
}

/* Knows whether the head was moved. */
static inline void job_person_at_head(job *j)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(j->executor, &info);
    if (info.waits_for_moved && random_hits(&j->random, 0.1))
        j->confirmed += np_wire_executor_confirm_moved(j->executor, job_executor_us(j));
}

static inline void motion_begin(void *context, const np_wire_move *move)
{
    job *j = context;
    if (j->crashed)
        return;
    np_wire_dot plain = *move->dot;
    const np_wire_dot *dot = &plain;
    arm_leave(j, move, false);
    plain.first_stop = j->plan.dots[dot->order].first_stop; /* wherever they are kept */
    j->motion_busy = true;
    j->motion_order = dot->order;
    j->motion_end_us = j->now_us + j->faults.motion_us;
    if (memcmp(dot, &j->plan.dots[dot->order], sizeof *dot) != 0)
        job_trouble(j, "a dot was fired that is not the plan's", dot->order);
    if (j->awaits_armed && !move->air)
        job_trouble(j, "a dot was fired that the sender had put no place on record for", dot->order);
    if (++j->punctures[dot->order] > 1)
        job_trouble(j, "a dot was punctured twice", dot->order);
    if (j->now_us > j->last_frame_us + NP_WIRE_LEASE_US)
        job_trouble(j, "a dot began after the lease", dot->order);
    job_check_pose(j, dot->order);
    if (!move->air && memcmp(move->registration, &j->placed, sizeof j->placed) != 0)
        job_trouble(j, "a dot began where the journal does not have the head", dot->order);
    const job_faults *f = &j->faults;
    if (f->needle_life && (!j->needle_in || j->needle_made++ >= f->needle_life))
        job_trouble(j, "a dot was fired with a needle that is worn out, or none", dot->order);
    if (f->reload_every && dot->order / f->reload_every > j->reload_made / f->reload_every)
        job_trouble(j, "a dot was fired without pigment", dot->order);
    if (j->reloading)
        job_trouble(j, "a dot was fired at the pigment station", dot->order);
    if (memcmp(&j->begun_at, move->registration, sizeof j->begun_at) != 0)
        j->last_begun = UINT32_MAX; /* what was left out may be made from there */
    j->begun_at = *move->registration;
    if (j->last_begun != UINT32_MAX && dot->order <= j->last_begun)
        job_trouble(j, "a dot was fired out of order", dot->order);
    j->last_begun = dot->order;
}

/* The arm breaks a reload off; a dot ends as it was going to. */
static inline void motion_retract(void *context)
{
    job *j = context;
    if (j->reloading)
        j->reload_end_us = j->now_us;
    if (j->travelling)
        j->travel_end_us = j->now_us;
}

#endif
