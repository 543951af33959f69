/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that search files for secrets while another thread reads them. Files are handed over one after the other, in
 * pieces; a bounded number of blocks waits for the searchers, so that memory depends neither on the files' size nor on
 * their number. What was found comes back in the order of the files, whichever thread found it.
 *
 *     crew = stk_secret_crew_new(engine, threads);
 *     for each file { stk_secret_crew_begin(crew, path); stk_secret_crew_piece(...)...; stk_secret_crew_end(crew); }
 *     stk_secret_crew_collect(crew, scan, found, context);      now and then
 *     stk_secret_crew_free(crew, scan);
 */
#pragma once
#include "secret/secret.h"

struct stk_secret_crew;

/* threads: 0 for one a processor. NULL when that is one, or no thread can be started: the caller searches by itself. */
struct stk_secret_crew *stk_secret_crew_new(const struct stk_secret_engine *engine, unsigned threads);

/* Begins a file; its number, counted from 0. The path and the bytes are copied. */
uint64_t stk_secret_crew_begin(struct stk_secret_crew *crew, struct stk_str path);
void stk_secret_crew_piece(struct stk_secret_crew *crew, struct stk_str bytes);
void stk_secret_crew_end(struct stk_secret_crew *crew);

/* Waits until everything that was handed over has been searched, adds what was found to the scan (copied onto its
   arena), and calls `found` for each file with findings, in order: they are scan->found.v[first] to [first + n - 1].
   No file may be begun. */
void stk_secret_crew_collect(struct stk_secret_crew *crew, struct stk_secret_scan *scan,
			     void (*found)(void *context, uint64_t number, size_t first, size_t n), void *context);
/* Ends the threads and adds their counts to the scan's. What was not collected is lost. NULL is taken. */
void stk_secret_crew_free(struct stk_secret_crew *crew, struct stk_secret_scan *scan);
