/* The ball that stands for a head, and what is drawn on it. */
#ifndef NP_PLUGIN_TEST_PRIVATE_HEAD_H
#define NP_PLUGIN_TEST_PRIVATE_HEAD_H

#include "plugin_test/private/parts.h"

/* The unit vector from the ball's middle towards P; P's place on the skin into OUT_PLACE unless that is NULL. */
void plugin_test_direction(const double p[3], double out_direction[3], double out_place[3]);
/* The head with its landmarks; WHORL is where its whorl is kept. */
void plugin_test_head_init(np_strategy_head *head, double whorl[3]);

/* A curve through COUNT places (x y z each), joined along great circles; false for fewer than 2, or two beside each other in one place or
 * opposite.  Ended by plugin_test_line_fini. */
bool plugin_test_line_init(plugin_test_line *line, const double *xyz, uint32_t count, bool closed);
/* The border of a round region; the line's own place and radius are the region's. */
bool plugin_test_line_init_round(plugin_test_line *line, const double middle[3], double radius_mm);
void plugin_test_line_fini(plugin_test_line *line);

/* Fills BATCH with the N places at XYZ and their channels: those that the strategy lists.  Ids begin at FIRST_ID, and go on by STEP.  Ended by
 * plugin_test_batch_fini. */
void plugin_test_batch_init(plugin_test_batch *batch, const np_test *test, const double *xyz, uint32_t n,
                            uint64_t first_id, int64_t step);
void plugin_test_batch_fini(plugin_test_batch *batch);

#endif
