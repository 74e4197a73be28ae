/* Plans that were planned behind another plan and were run since: whoever knows nothing of their dots may make them again. */
#ifndef NP_PLAN_FOLLOWERS_H
#define NP_PLAN_FOLLOWERS_H

#include "plan/plan.h"

/* Looks through the plan files in the folder of the file PATH, and in that of the file to which it leads as a symbolic link.  NP_ERR_INVALID, with what
 * to do, where dots stand of one that was planned behind the plan with DIGEST (NULL: there is none yet), or behind one that NOTES (past.h) name,
 * unless it is that plan or NOTES name it, too; and where such a one is being run, was cut off, or cannot be read whole.  Plans of test dots
 * alone do not count: they fill no gap.  NP_OK where the folder cannot be read. */
np_status np_plan_followers_check(const char *path, const unsigned char *digest, const char *notes, np_error *err);

#endif
