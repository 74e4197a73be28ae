/* The rules that a plugin is checked by, from those without which nothing works to those that few break.  docs/rules.md has the same rows. */
#include "field/check.h"

#include <stdlib.h>
#include <string.h>

const np_check_rule np_check_rules[] = {
    {"load", 1,
     "The file is a shared object that can be loaded behind the filter, with all symbols resolved, within the time "
     "limit.",
     "Link every library that it uses, keep constructors short, and let them neither open, start nor end anything."},
    {"abi", 1, "The entry and the sizes, counts and pointers in it are as needlepath/plugin.h has them.",
     "Use NP_KIT_PLUGIN, sizeof for every size, and the header that is installed."},
    {"descriptor", 1,
     "Every id, text, unit, range, default and input of the descriptors is as needlepath/plugin.h says.",
     "Change what the sentence names; the units and lengths are in plugin.h."},
    {"manifest", 1,
     "The manifest beside the file, if there is one, was made of this file and says what the plugin says of itself.",
     "Run `needlepath plugin manifest` after every build, or let np_add_plugin do it."},
    {"run.crash", 1, "No call crashes, hangs, ends the process or takes more memory than a helper has.",
     "Build with -g, and look at what the situation has in it: parameters at their ends, empty inputs, few or many "
     "samples."},
    {"run.default", 1, "With its defaults and one input a slot, a strategy lays out, prepares and paints.",
     "Choose defaults that work on an ordinary head; fail for what the user gave alone."},
    {"fail.sentence", 1, "Who returns -1 has said why with set_error, and nothing but 0 and -1 is returned.",
     "Call host->set_error with one sentence for the operator before every return of -1."},
    {"layout.valid", 1, "Curves and pins of layout lie on the head, and their numbers are in range.",
     "Start from the landmarks or the inputs, and leave what a pin does not care about NAN (np_kit_pin)."},
    {"paint.range", 1, "Every number that paint writes is finite and in the range that np_strategy_field names.",
     "Clamp what is computed; divide by nothing that can be 0."},
    {"file.exports", 2, "The file exports its entry, and no other name.",
     "Compile with -fvisibility=hidden and declare functions static; link C++ with a version script, as np_add_plugin "
     "does."},
    {"file.code", 2, "No memory is both written and executed.",
     "Do not link with -z execstack, and mark assembler sources with .note.GNU-stack."},
    {"pure.repeat", 2, "Painted twice, a sample gets the same bits.",
     "Keep no counter and no cache that changes a result; use the host's random numbers, by the sample's place or id."},
    {"pure.order", 2, "Painted in another order, a sample gets the same bits.",
     "Use nothing of the sample before: no running sums, no state between samples."},
    {"pure.batch", 2, "Painted in another batch, a sample gets the same bits.",
     "Use neither the number of samples nor a sample's place in the batch; its id stays the same."},
    {"pure.process", 2, "Painted in another process, a sample gets the same bits.",
     "Use no time, no process id, no address and no random numbers but the host's."},
    {"layout.pure", 2, "Asked again in another process, layout emits the same.",
     "Use no time, no process id, no address and no random numbers but the host's."},
    {"memory.bounds", 3,
     "Nothing is read or written outside of the arrays, whose room is the next multiple of 64 items.",
     "Loop to count, and step rows of tables by stride."},
    {"memory.inputs", 3, "What is the host's is not written.",
     "Copy samples, parameters and points before changing them; write to the field alone."},
    {"channels.listed", 3, "A strategy reads the channels that it lists; the others are NULL.",
     "Add the channel to .channels of the descriptor."},
    {"samples.none", 3, "Paint does nothing for no samples, and succeeds.",
     "Loop to count, and look at no first sample."},
    {"samples.outside", 3, "Samples far from every region, curve and point are painted like others.",
     "Leave the defaults where the layer does nothing, instead of failing."},
    {"samples.hair", 3, "Places without hair, and in very dense hair, are painted with finite numbers.",
     "Do not divide by a density, nor take the root of a difference of densities."},
    {"pure.threads", 4, "Painted in several threads at once, a sample gets the same bits.",
     "Write nothing but the field; what paint needs is made in prepare."},
    {"samples.many", 4, "A million samples in one batch are painted as in small ones.",
     "Keep no array of a fixed length on the stack or in static storage."},
    {"memory.leak", 5, "What layout, prepare and paint allocate is free again after finish.",
     "Free in paint what paint allocates, and the state in finish; the state is there after a failure too."},
    {"state.finish", 5, "Who leaves a state has a finish.", "Give the descriptor a finish that frees the state."},
    {"time.cancel", 5, "Once progress has returned -1, a call ends within 100 ms.",
     "Call host->progress every 50 ms in what takes longer, and return -1 when it does."},
    {"process.float", 6, "Rounding, traps and denormal numbers stay as they are.",
     "Restore what is changed; do not link with -ffast-math or -Ofast."},
    {"process.signals", 6, "Signal handlers and masks stay as they are.",
     "Install none; a crash is the host's to see."},
    {"process.limits", 6, "The process's limits stay as they are.", "Leave setrlimit alone."},
    {"process.threads", 6, "Threads that a call starts have ended when it returns.",
     "Join every thread; use no pool that outlives the call. The host paints in several threads already."},
    {"params.ends", 7, "With every parameter at its ends, and in mixes, a strategy works or fails with a sentence.",
     "Narrow the range of the parameter, or check the combination in layout or prepare and say what is wrong."},
    {"paint.limits", 7, "With its defaults, depth and tilt stay within the treatment's limits.",
     "Clamp to job->treatment: depth_min_mm, depth_max_mm and tilt_max_rad."},
    {"memory.fail", 8, "When an allocation fails, the call fails with a sentence, or does without.",
     "Test every malloc; catch std::bad_alloc; say so with set_error and return -1."},
    {"time.sample", 9, "Paint takes at most 20 microseconds a sample.",
     "Move what does not depend on the sample to prepare; use uniforms for several numbers at once."},
    {0},
};

const np_check_rule *np_check_rule_find(const char *id)
{
    for (const np_check_rule *r = np_check_rules; r->id; r++)
        if (strcmp(r->id, id) == 0)
            return r;
    return NULL;
}

void np_check_report_fini(np_check_report *report)
{
    for (size_t i = 0; i < report->n_findings; i++) {
        free(report->findings[i].where);
        free(report->findings[i].seen);
    }
    for (size_t i = 0; i < report->n_strategies; i++)
        free(report->strategies[i].id);
    free(report->findings);
    free(report->strategies);
    *report = (np_check_report){0};
}
