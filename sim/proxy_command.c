/* `needlepath-sim --proxy`: arguments and what is printed.  The work is proxy.c's. */
#include "sim/proxy_command.h"

#include "sim/proxy.h"

static const np_option options[] = {
    {.name = "to",
     .letter = 't',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .required = true,
     .help = "The executor's end: serial:DEVICE:BAUD, a real port or another pseudo-terminal. It need not be there "
             "yet, and "
             "may go and come again."},
    {.name = "listen",
     .letter = 'l',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .fallback = "serial:pty",
     .help = "The sender's end: serial:pty for a new pseudo-terminal, or serial:DEVICE:BAUD."},
    {.name = "pty-link",
     .kind = NP_OPTION_FILE,
     .value = "PATH",
     .help = "With serial:pty: make PATH a symbolic link to it."},
    {.name = "baud",
     .letter = 'b',
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "115200",
     .min = 1200,
     .max = 4000000,
     .help = "The line's speed in each direction, at 10 bits a byte."},
    {.name = "buffer",
     .kind = NP_OPTION_INTEGER,
     .value = "BYTES",
     .fallback = "16",
     .min = 1,
     .max = 4096,
     .help = "What the line takes ahead in each direction, as a UART's FIFO does; what is more waits at the writer."},
    {.name = "seed",
     .kind = NP_OPTION_UINT64,
     .value = "N",
     .fallback = "1",
     .help = "Of all faults. Those of bytes and frames hang on their number on the line alone, cuts and freezes on the "
             "time "
             "since the start."},
    {.name = "flip",
     .kind = NP_OPTION_NUMBER,
     .value = "P",
     .fallback = "0",
     .min = 0,
     .max = 0.5,
     .help = "Bit error rate: how likely each bit is turned."},
    {.name = "lose",
     .kind = NP_OPTION_NUMBER,
     .value = "P",
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "How likely a byte is lost."},
    {.name = "drop",
     .kind = NP_OPTION_NUMBER,
     .value = "P",
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "How likely a whole frame (what stands between two zero bytes) is lost."},
    {.name = "duplicate",
     .kind = NP_OPTION_NUMBER,
     .value = "P",
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "How likely a frame comes twice."},
    {.name = "delay",
     .kind = NP_OPTION_NUMBER,
     .value = "MS",
     .fallback = "0",
     .min = 0,
     .max = 2000,
     .help = "How much later every byte comes."},
    {.name = "jitter",
     .kind = NP_OPTION_NUMBER,
     .value = "MS",
     .fallback = "0",
     .min = 0,
     .max = 2000,
     .help = "How much later than that a frame comes at most; order is kept, as on any cable."},
    {.name = "cut-every",
     .kind = NP_OPTION_NUMBER,
     .value = "S",
     .fallback = "0",
     .min = 0,
     .max = 86400,
     .help = "Cut the line, on average so often (0: never). What is under way is lost."},
    {.name = "cut-for",
     .kind = NP_OPTION_NUMBER,
     .value = "MS",
     .fallback = "300",
     .min = 1,
     .max = 60000,
     .help = "For how long, on average; half of it to one and a half."},
    {.name = "unplug",
     .kind = NP_OPTION_FLAG,
     .help = "A cut takes the sender's pseudo-terminal away as well, and brings another under the same --pty-link."},
    {.name = "freeze-every",
     .kind = NP_OPTION_NUMBER,
     .value = "S",
     .fallback = "0",
     .min = 0,
     .max = 86400,
     .help = "Let everything stand still, on average so often (0: never). Nothing is lost; it comes late."},
    {.name = "freeze-for",
     .kind = NP_OPTION_NUMBER,
     .value = "MS",
     .fallback = "150",
     .min = 1,
     .max = 60000,
     .help = "For how long, on average."},
    {.name = "events",
     .kind = NP_OPTION_FILE,
     .value = "FILE.csv",
     .writes = true,
     .help =
         "Write every cut and freeze and its end: time_us (of the machine's monotonic clock),event. An earlier list is "
         "replaced, and no other file."},
    {.name = "json", .kind = NP_OPTION_FLAG, .help = "Print the summary at the end as JSON, or the error."},
    {0}};

static const np_example examples[] = {{"A line of 115,200 baud to a simulator on a pseudo-terminal",
                                       "needlepath-sim --proxy --to serial:/tmp/arm:115200 --pty-link /tmp/line"},
                                      {"A bad one: a bit in 100,000 wrong, a frame in 50 lost, cut every 5 s",
                                       "needlepath-sim --proxy --to serial:/tmp/arm:115200 --pty-link /tmp/line --seed "
                                       "7 --flip 1e-5 --drop 0.02 --cut-every 5"},
                                      {0}};

static const char *const directions[2] = {"to_executor", "to_sender"};

/* The share of the time in which the line was taken. */
static double busy(const sim_proxy_summary *s, int i, int baud)
{
    return s->seconds > 0 ? (double)s->lines[i].line_bytes * 10 / baud / s->seconds : 0;
}

static void print_json(const sim_proxy_summary *s, int baud)
{
    printf("{\"seconds\": %.3f, \"cuts\": %u, \"freezes\": %u", s->seconds, s->cuts, s->freezes);
    for (int i = 0; i < 2; i++) {
        const sim_line_counts *c = &s->lines[i];
        printf(", \"%s\": {\"bytes_in\": %llu, \"bytes_out\": %llu, \"frames\": %llu, \"busy\": %.4f, "
               "\"flipped_bits\": %llu, "
               "\"lost_bytes\": %llu, \"dropped_frames\": %llu, \"duplicated_frames\": %llu, \"cut_bytes\": %llu, "
               "\"unread_bytes\": %llu}",
               directions[i], (unsigned long long)c->bytes_in, (unsigned long long)c->bytes_out,
               (unsigned long long)c->frames, busy(s, i, baud), (unsigned long long)c->flipped_bits,
               (unsigned long long)c->lost_bytes, (unsigned long long)c->dropped_frames,
               (unsigned long long)c->duplicated_frames, (unsigned long long)c->cut_bytes,
               (unsigned long long)s->full_bytes[i]);
    }
    printf("}\n");
}

static void print_text(const sim_proxy_summary *s, int baud)
{
    for (int i = 0; i < 2; i++) {
        const sim_line_counts *c = &s->lines[i];
        printf(
            "%s: %llu bytes in %llu frames, line taken %.1f %%; %llu bits turned, %llu bytes lost, %llu frames lost, "
            "%llu doubled, %llu bytes lost in cuts, %llu read by nobody\n",
            directions[i], (unsigned long long)c->bytes_in, (unsigned long long)c->frames, 100 * busy(s, i, baud),
            (unsigned long long)c->flipped_bits, (unsigned long long)c->lost_bytes,
            (unsigned long long)c->dropped_frames, (unsigned long long)c->duplicated_frames,
            (unsigned long long)c->cut_bytes, (unsigned long long)s->full_bytes[i]);
    }
    printf("%u cuts, %u freezes in %.1f s\n", s->cuts, s->freezes, s->seconds);
}

static np_status run(const np_command_args *args, np_error *err)
{
    sim_proxy_options o = {
        .listen = np_args_text(args, "listen"),
        .pty_link = np_args_text(args, "pty-link"),
        .to = np_args_text(args, "to"),
        .baud = np_args_integer(args, "baud"),
        .buffer_bytes = (size_t)np_args_integer(args, "buffer"),
        .faults = {.seed = np_args_uint64(args, "seed"),
                   .flip = np_args_number(args, "flip"),
                   .lose = np_args_number(args, "lose"),
                   .drop = np_args_number(args, "drop"),
                   .duplicate = np_args_number(args, "duplicate"),
                   .delay_us = (uint64_t)(np_args_number(args, "delay") * 1e3),
                   .jitter_us = (uint64_t)(np_args_number(args, "jitter") * 1e3)},
        .cut_every_s = np_args_number(args, "cut-every"),
        .cut_for_s = np_args_number(args, "cut-for") * 1e-3,
        .unplug = np_args_flag(args, "unplug"),
        .freeze_every_s = np_args_number(args, "freeze-every"),
        .freeze_for_s = np_args_number(args, "freeze-for") * 1e-3,
        .events = np_args_text(args, "events"),
        .stop = &sim_stop,
        .out = stdout,
    };
    sim_proxy_summary summary;
    np_status status = sim_proxy_run(&o, &summary, err);
    if (status == NP_OK && np_args_flag(args, "json"))
        print_json(&summary, o.baud);
    else if (status == NP_OK)
        print_text(&summary, o.baud);
    return status;
}

const np_command sim_proxy_command = {
    .name = "--proxy",
    .summary = "a slow and faulty serial line between a sender and an executor",
    .operands = "",
    .description = "Instead of an arm, the line to it: passes bytes between a sender and an executor as slowly as a "
                   "real serial line, "
                   "and turns, loses and doubles some of them, or cuts the line, as the options say. The same seed, "
                   "options and bytes "
                   "give the same faults.\n\n"
                   "At the end (Ctrl-C, or SIGTERM) it prints what passed and what went wrong.",
    .options = options,
    .examples = examples,
    .run = run,
};
