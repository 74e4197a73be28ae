/* Exports for machines without the wire: programs that run offline, without journal, approval check or resume. */
#ifndef NP_REPORT_ROBOT_H
#define NP_REPORT_ROBOT_H

#include <stdio.h>

#include "plan/plan.h"
#include "stream/register.h"

typedef enum np_robot_format { NP_ROBOT_GCODE, NP_ROBOT_URSCRIPT } np_robot_format;

/* Writes SESSION of PLAN as a program in the machine's frame (REGISTRATION: head frame to machine frame).  Its header says
 * what it is not and which limits hold.  LIFT_MM above the skin between dots, PLUNGE_MM_S down and up.  G-code refuses skin
 * that is too steep for a vertical needle (NP_ERR_UNSAFE). */
np_status np_export_robot(const np_plan *plan, np_robot_format format, int session, const np_registration *registration,
                          double lift_mm, double plunge_mm_s, FILE *stream, np_error *err);

#endif
