/* What befalls files: backups that come back, a journal that is lost, other plans at the same executor. */

#if defined(BACKUP_BETWEEN_RUNS) || defined(BACKUP_WHILE_RUNNING) || defined(JOURNAL_LOST) || defined(PLAN_RESTORED) || \
    defined(OTHER_PLAN)
#ifdef BACKUP_BETWEEN_RUNS /* no sender, and nothing loaded: after END, or a restart */
#define MAY_BE_COPIED (phase == OFF && x[0].state == LOCKED && !x[0].busy)
#else
#define MAY_BE_COPIED 1
#endif

/* Each happens once. */
proctype world()
{
    byte i;
    byte journal_copy, plan_copy; /* 0 none yet, 1 there, 2 put back */
    byte kept[DOTS], kept_epoch, kept_tokens, kept_known[DOTS], kept_noted_id, kept_noted_epoch, kept_noted_token;
    byte others;
    bit lost;

    do
#if defined(BACKUP_BETWEEN_RUNS) || defined(BACKUP_WHILE_RUNNING)
    :: d_step { !journal_copy && MAY_BE_COPIED ->
        printf("executor 0's journal is copied\n");
        for (i : 0 .. DOTS - 1) { kept[i] = IN_FILE(0, i) }
        kept_epoch = x[0].disk_epoch; kept_tokens = x[0].disk_tokens; journal_copy = 1 }
    :: atomic { journal_copy == 1 ->
        crash(0);
        printf("executor 0's journal is put back from the copy\n");
        d_step {
            for (i : 0 .. DOTS - 1) { x[0].disk[i] = kept[i] }
            x[0].disk_epoch = kept_epoch; x[0].disk_tokens = kept_tokens; journal_copy = 2
        } }
#endif
#ifdef JOURNAL_LOST
    :: atomic { !lost ->
        crash(0);
        printf("executor 0's journal is lost\n");
        d_step {
            for (i : 0 .. DOTS - 1) { x[0].disk[i] = 0 }
            x[0].disk_epoch = 0; x[0].disk_tokens = 0; lost = 1;
#ifndef IDENTITY_OF_MACHINE
            x[0].id = EXECUTORS + 1
#endif
        } }
#endif
#ifdef PLAN_RESTORED
    :: d_step { phase == OFF && !plan_copy ->
        printf("the plan file is copied\n");
        for (i : 0 .. DOTS - 1) { kept_known[i] = file[0].known[i] }
        kept_noted_id = file[0].noted_id; kept_noted_epoch = file[0].noted_epoch;
        kept_noted_token = file[0].noted_token; plan_copy = 1 }
    :: d_step { phase == OFF && plan_copy == 1 ->
        printf("the plan file is put back from the copy\n");
        for (i : 0 .. DOTS - 1) { file[0].known[i] = kept_known[i] }
        file[0].noted_id = kept_noted_id; file[0].noted_epoch = kept_noted_epoch;
        file[0].noted_token = kept_noted_token; plan_copy = 2 }
#endif
#ifdef OTHER_PLAN
    /* Somebody runs another plan at this executor: its epochs count on. */
    :: d_step { others < 2 && phase == OFF && x[0].state != ARMED && !x[0].busy ->
        others++;
        printf("executor 0: another plan is run\n");
        flush(0); unload(0); forget_messages(0);
        x[0].disk_epoch++ }
#endif
    od
}
#define WORLD run world()
#else
#define WORLD skip
#endif
