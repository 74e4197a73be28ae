/* The operator; see operator.h. */
#include "sim/operator.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "link/link.h"

void sim_operator_init(sim_operator *operator, const sim_operator_options * options, np_wire_executor *executor,
                       FILE *log)
{
    *operator=(sim_operator){.options = options, .executor = executor, .log = log};
    if (options->console)
        fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
}

/* Off the pedal until it is asked for, then on it. */
static void work_pedal(sim_operator *o, const np_wire_executor_info *info)
{
    uint64_t now = np_clock_us();
    if (info->waits_for_pedal) {
        np_wire_executor_pedal(o->executor, now, false);
        np_wire_executor_pedal(o->executor, now, o->pedal = true);
    } else if (o->pedal && info->state != NP_WIRE_STATE_ARMED && info->state != NP_WIRE_STATE_RUNNING) {
        np_wire_executor_pedal(o->executor, now, o->pedal = false);
    }
}

/* The lot at hand: each in turn, the last for all that follow. */
static const char *next_lot(const sim_operator_lots *lots, int *used)
{
    if (lots->n == 0)
        return "";
    int i = *used < lots->n ? (*used)++ : lots->n - 1;
    return lots->lots[i];
}

/* A person is waited for, and nothing moves. */
static bool is_waited_for(const np_wire_executor_info *info)
{
    return info->waits_for_supply && !info->busy && !info->reloading && info->state != NP_WIRE_STATE_ARMED &&
           info->state != NP_WIRE_STATE_RUNNING;
}

static void work_supplies(sim_operator *o, const np_wire_executor_info *info)
{
    bool needle = info->due == NP_WIRE_REASON_NEEDLE;
    if (!is_waited_for(info))
        return;
    const char *lot = needle ? next_lot(&o->options->cartridges, &o->cartridges_used)
                             : next_lot(&o->options->pigments, &o->pigments_used);
    np_wire_executor_supply(o->executor, np_clock_us(), needle ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT, lot);
}

/* Says to who sits at the console what is waited for, once for each dot; where the head is confirmed the executor says itself. */
static void say_what_is_waited_for(sim_operator *o, const np_wire_executor_info *info)
{
    np_wire_reason wanted = is_waited_for(info)    ? info->due
                            : info->waits_for_home ? NP_WIRE_REASON_PLACE
                                                   : NP_WIRE_REASON_NONE;
    bool news = wanted != o->wanted || info->next != o->wanted_at;
    o->wanted = wanted;
    o->wanted_at = info->next;
    if (!news || wanted == NP_WIRE_REASON_NONE)
        return;
    if (wanted == NP_WIRE_REASON_PLACE)
        fprintf(o->log, "needlepath-sim: console: waits until the arm was driven home: home\n");
    else
        fprintf(o->log, "needlepath-sim: console: waits for %s before place %u of the tour: %s [LOT]\n",
                wanted == NP_WIRE_REASON_NEEDLE ? "another needle or cartridge" : "pigment", info->next + 1,
                wanted == NP_WIRE_REASON_NEEDLE ? "needle" : "pigment");
}

bool sim_operator_read_digest(const char *text, uint8_t out[NP_WIRE_RECORD_DIGEST_BYTES])
{
    uint8_t whole[NP_WIRE_HASH_BYTES];
    size_t n = strlen(text) / 2;
    if (strlen(text) % 2 || (n != NP_WIRE_RECORD_DIGEST_BYTES && n != sizeof whole) || !np_hex_read(text, n, whole))
        return false;
    memcpy(out, whole, NP_WIRE_RECORD_DIGEST_BYTES);
    return true;
}

static void revoke_plan(sim_operator *o, const char *text)
{
    uint8_t digest[NP_WIRE_RECORD_DIGEST_BYTES];
    if (text[0] && !sim_operator_read_digest(text, digest))
        fprintf(o->log, "needlepath-sim: console: revoke: expected a plan's digest, 32 or 64 digits of 0-9 and a-f\n");
    else if (np_wire_executor_revoke(o->executor, np_clock_us(), text[0] ? digest : NULL))
        fprintf(o->log, "needlepath-sim: console: the plan is made here no more\n");
    else
        fprintf(o->log, "needlepath-sim: console: not taken: no plan is loaded, or the journal cannot be written\n");
}

/* One command.  What cannot be done is said, and nothing is done. */
static void obey(sim_operator *o, const char *line)
{
    uint64_t now = np_clock_us();
    size_t word = strcspn(line, " ");
    const char *rest = line[word] ? line + word + 1 : "";
    bool needle = word == 6 && strncmp(line, "needle", word) == 0,
         pigment = word == 7 && strncmp(line, "pigment", word) == 0;
    if (strcmp(line, "hold") == 0)
        np_wire_executor_hold(o->executor, now, "held at the console");
    else if (strcmp(line, "home") == 0)
        o->drives_home = true;
    else if (strcmp(line, "moved") == 0)
        np_wire_executor_confirm_moved(o->executor, now);
    else if (strcmp(line, "give-up") == 0)
        np_wire_executor_give_up(o->executor);
    else if (word == 6 && strncmp(line, "revoke", word) == 0)
        revoke_plan(o, rest);
    else if (!needle && !pigment)
        fprintf(o->log,
                "needlepath-sim: console: expected needle [LOT], pigment [LOT], home, moved, hold, give-up or revoke "
                "[DIGEST]\n");
    else if (!np_wire_lot_is_valid(rest))
        fprintf(o->log, "needlepath-sim: console: a lot is UTF-8 of at most %d bytes without control characters\n",
                NP_WIRE_LOT_BYTES - 1);
    else if (!np_wire_executor_supply(o->executor, now, needle ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT, rest))
        fprintf(o->log, "needlepath-sim: console: not taken: no session is loaded, or something was about to move\n");
}

void sim_operator_work(sim_operator *o)
{
    np_wire_executor_info info;
    char line[SIM_CONSOLE_LINE];
    if (o->options->console)
        while (sim_console_read(&o->console, STDIN_FILENO, line))
            obey(o, line);
    np_wire_executor_get_info(o->executor, &info);
    if (o->options->console)
        say_what_is_waited_for(o, &info);
    else
        work_supplies(o, &info);
    if (!o->options->console && info.waits_for_home)
        o->drives_home = true;
    if (!o->options->console && info.waits_for_moved) {
        fprintf(o->log, "needlepath-sim: where the head is now is confirmed by the simulator itself, as it has no "
                        "--console: at a real arm a person does that\n");
        np_wire_executor_confirm_moved(o->executor, np_clock_us());
    }
    work_pedal(o, &info);
}
