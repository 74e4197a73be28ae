/* Pictures, figures and exports of a plan. */
#ifndef NP_REPORT_REPORT_H
#define NP_REPORT_REPORT_H

#include <stdio.h>

#include "plan/plan.h"

/* Writes DIRECTORY/report.html (self-contained) and DIRECTORY/{front,back,left,right,top}.png, density.png, depth.png,
 * spacing.png.  The scan is rebuilt from the plan's case text, relative to BASE_DIRECTORY (the case file's folder).
 * DIRECTORY is made if it is not there. */
np_status np_report_write(const np_plan *plan, const char *base_directory, const char *directory,
                          const np_progress *progress, np_error *err);

typedef enum np_export_format { NP_EXPORT_CSV, NP_EXPORT_JSON, NP_EXPORT_PLY, NP_EXPORT_XYZ } np_export_format;

/* Writes all dots, in tour order, session by session.  CSV has exactly the columns
 * id,session,order,x,y,z,nx,ny,nz,ax,ay,az,depth_mm,tilt_deg,tone,dwell_ms,layer,density_per_cm2,pin.
 * SESSION 0: all sessions. */
np_status np_export(const np_plan *plan, np_export_format format, int session, FILE *stream, np_error *err);

/* Writes what became of each dot that has an outcome, as CSV with exactly the columns
 * run,session,order,id,outcome,time,planned_depth_mm,depth_mm,force_n,cartridge,pigment: the time in UTC when this side heard
 * of it, depth and force empty where they were not measured, lots empty where nobody named one.  PATH: the plan's file. */
np_status np_export_record(const char *path, const np_plan *plan, int session, FILE *stream, np_error *err);

#endif
