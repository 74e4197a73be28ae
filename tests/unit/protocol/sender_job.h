/* What the sender's tests share: a calm job of the harness, step by step. */
#ifndef NP_TESTS_UNIT_PROTOCOL_SENDER_JOB_H
#define NP_TESTS_UNIT_PROTOCOL_SENDER_JOB_H

#include "../test.h"
#include "harness.h"

static const job_faults calm = {.pipe.delay_us = 500, .motion_us = 5000};

static inline job *job_new(uint32_t n)
{
    job *j = malloc(sizeof *j);
    job_init(j, n, 5, &calm);
    return j;
}

static inline void job_destroy(job *j)
{
    job_free(j);
    free(j);
}

static inline np_wire_sender_info info_of(job *j)
{
    np_wire_sender_info info;
    np_wire_sender_get_info(j->sender, &info);
    return info;
}

static inline np_wire_state state_of(job *j)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(j->executor, &info);
    return info.state;
}

/* Lets S virtual seconds pass, without the restarts of job_run. */
static inline void pass(job *j, double s)
{
    uint64_t end = j->now_us + (uint64_t)(s * 1e6);
    while (j->now_us < end && !j->trouble[0]) {
        job_executor_step(j);
        job_sender_step(j);
        job_advance(j);
    }
    assert_string_equal(j->trouble, "");
}

static inline void pass_until(job *j, np_wire_phase phase)
{
    for (int i = 0; i < 1000 && info_of(j).phase != phase; i++)
        pass(j, 0.01);
    assert_string_equal(np_wire_phase_text(info_of(j).phase), np_wire_phase_text(phase));
}

#endif
