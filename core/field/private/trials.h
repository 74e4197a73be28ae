/* What the planner asks needlepath-strategy-check to try (FIELD_MESSAGE_TRY): the trial's number and how many samples stand in the shared
 * memory, and whether it gets the channels too that it does not list; BINARY has the file's path behind.  The answer: nanoseconds a sample (0: not measured), and what was found, rule by rule. */
#ifndef NP_FIELD_PRIVATE_TRIALS_H
#define NP_FIELD_PRIVATE_TRIALS_H

#define FIELD_TRIAL_BINARY 1u /* what the file exports and asks of the loader; before it is loaded */
#define FIELD_TRIAL_PAINT                                                                                              \
    2u /* all samples once, in arrays that end at guarded pages; the field is then in the shared memory */
#define FIELD_TRIAL_PURE 3u    /* again; in other orders, batches and threads */
#define FIELD_TRIAL_SAMPLES 4u /* none, one, a million; outside of all regions; without and with much hair */
#define FIELD_TRIAL_LIFE 5u    /* from layout to finish again and again */
#define FIELD_TRIAL_CANCEL 6u  /* cancelled from the beginning */
#define FIELD_TRIAL_MEMORY 7u  /* one allocation fails, each in its turn */

#endif
