/* Days of the calendar, as people write them. */
#ifndef NP_CASE_DAY_H
#define NP_CASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds from 1970 to midnight (UTC) of the day TEXT, "2026-12-01"; false, and *OUT_UNIX_S untouched, where it is none.  Any thread. */
bool np_case_read_day(const char *text, int64_t *out_unix_s);

#endif
