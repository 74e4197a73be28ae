/* Where the head is: the journal keeps it with the session's dots.
 *
 * Dots that are made after a pause must lie where the others do.  So the registration with which dots of a session are made is
 * in the journal before the first of them, and a session of which dots are made is loaded with the same or, where the sender says
 * that the head was moved, with another that a person confirms at the executor.  How far that takes the dots the sender says, who
 * has them all; what is said here besides is the most by the two poses, wherever a dot may lie. */
#include <assert.h>
#include <string.h>

#include "protocol/private/executor.h"
#include "protocol/private/print.h"

static bool is_same(const np_wire_pose *a, const np_wire_pose *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

void wire_executor_rotation(const np_wire_pose *pose, int64_t out_ppb[3][3])
{
    int64_t w = pose->rotation_ppm[0], v[3], square = w * w;
    for (int i = 0; i < 3; i++) {
        v[i] = pose->rotation_ppm[i + 1];
        square += v[i] * v[i];
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int64_t side = i == j ? 0 : w * v[3 - i - j] * ((j - i + 3) % 3 == 1 ? -1 : 1);
            int64_t twice =
                2 * (v[i] * v[j] + side - (i == j) * (square - w * w)); /* of SQUARE, which is 1e12 to 1e-4 */
            out_ppb[i][j] = (i == j) * (int64_t)1000000000 + twice * 100000 / (square / 10000);
        }
}

/* The farthest that a place within a dot's limits lies under B from where it lies under A: at a corner, as the distance is
 * convex.  In um, rounded up. */
static int64_t apart_um(const np_wire_pose *a, const np_wire_pose *b)
{
    int64_t ra[3][3], rb[3][3], most = 0;
    wire_executor_rotation(a, ra);
    wire_executor_rotation(b, rb);
    for (unsigned corner = 0; corner < 8; corner++) {
        int64_t square = 0; /* of tenths of um */
        for (int i = 0; i < 3; i++) {
            int64_t turned = 0;
            for (int j = 0; j < 3; j++)
                turned +=
                    (rb[i][j] - ra[i][j]) * (corner >> j & 1 ? NP_WIRE_POSITION_MAX_UM : -NP_WIRE_POSITION_MAX_UM);
            int64_t d = ((int64_t)b->translation_um[i] - a->translation_um[i]) * 10 + turned / 100000000;
            square += d * d;
        }
        most = square > most ? square : most;
    }
    return wire_executor_root(most) / 10 + 1;
}

static uint32_t made(const np_wire_executor *x)
{
    return x->done + x->in_doubt + x->other;
}

bool wire_executor_registration_is_accepted(np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES])
{
    const np_wire_pose *now = &x->load.registration;
    bool same = made(x) == 0 || (x->journal_pose_known && is_same(&x->journal_pose, now));
    x->moved_waits = !x->load.air && !same;
    x->moved_um = x->journal_pose_known ? apart_um(&x->journal_pose, now) : 0;
    long um = (long)x->moved_um;
    if (!x->moved_waits || x->load.moved_um)
        return true;
    if (x->journal_pose_known)
        wire_print(out_text, NP_WIRE_TEXT_BYTES,
                   "%lu dots were made with the head elsewhere, by up to %ld.%02ld mm: if it was moved and measured "
                   "again, say so",
                   (unsigned long)made(x), um / 1000, um % 1000 / 10);
    else
        wire_print(
            out_text, NP_WIRE_TEXT_BYTES,
            "where the head was when %lu dots were made is not in the executor's journal, which is older: measure it "
            "again, and say that it was moved",
            (unsigned long)made(x));
    return false;
}

void wire_executor_tell_moved(const np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES])
{
    long said = (long)x->load.moved_um, most = (long)x->moved_um;
    char by_sender[60] = "how far the sender's record does not say",
         by_poses[60] = "by an older journal nobody knows from where";
    if (x->load.moved_um != NP_WIRE_MOVED_UNKNOWN_UM)
        wire_print(by_sender, sizeof by_sender, "the dots by up to %ld.%03ld mm as the sender says", said / 1000,
                   said % 1000);
    if (most)
        wire_print(by_poses, sizeof by_poses, "at most %ld.%02ld by the two poses", most / 1000, most % 1000 / 10);
    wire_print(out_text, NP_WIRE_TEXT_BYTES, "THE HEAD WAS MOVED, %s, %s: confirm it at the executor", by_sender,
               by_poses);
}

bool wire_executor_record_registration(np_wire_executor *x, uint64_t now_us, bool confirmed)
{
    const np_wire_pose *now = &x->load.registration;
    if (x->journal_pose_known && is_same(&x->journal_pose, now) && !confirmed)
        return true;
    assert(!x->load.air);
    np_wire_record pose = {.kind = NP_WIRE_RECORD_POSE,
                           .session = (uint16_t)x->load.session,
                           .order = x->next,
                           .epoch = x->epoch,
                           .pose = *now},
                   record = {.kind = NP_WIRE_RECORD_REGISTRATION,
                             .outcome = confirmed,
                             .session = pose.session,
                             .order = x->next,
                             .epoch = x->epoch,
                             .time_us = now_us,
                             .depth_um =
                                 (int32_t)(x->load.moved_um == NP_WIRE_MOVED_UNKNOWN_UM && made(x) == 0
                                               ? 0 /* nothing was made here that it could have been moved from */
                                               : x->load.moved_um),
                             .force_mn = (int32_t)x->moved_um};
    memcpy(record.digest, x->load.digest, sizeof record.digest);
    if (!wire_executor_append(x, &pose) || !wire_executor_append(x, &record))
        return false;
    x->journal_pose_known = true;
    x->journal_pose = *now;
    return true;
}

bool np_wire_executor_confirm_moved(np_wire_executor *x, uint64_t now_us)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(x, &info);
    bool moving = wire_executor_is_armed(x) || x->busy || x->reloading || x->travelling;
    wire_executor_enter_hold(x, NP_WIRE_REASON_LOCAL, "somebody is at the head: what was armed is held");
    if (moving || !info.waits_for_moved || wire_executor_is_latched(x) ||
        !wire_executor_record_registration(x, now_us, true))
        return false;
    x->moved_waits = false;
    wire_executor_say(x, "that the head was moved is confirmed, and on record");
    wire_executor_check(x);
    return true;
}
