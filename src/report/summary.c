/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See summary.h. The fingerprint is what baselines, GitHub and GitLab recognise a finding by
 * from run to run; whatever goes into it must not change when lines move.
 */
#include "report/summary.h"

#include <stdio.h>

#include "base/banned.h"

struct stk_counts stk_report_count(const struct stk_report *report, size_t target)
{
	struct stk_counts counts = { 0 };
	STK_EACH_FINDING(finding, report, target)
	{
		if (finding->suppressed) {
			counts.suppressed++;
			continue;
		}
		counts.of[finding->severity]++;
		counts.total++;
	}
	for (size_t i = 0; i < report->incomplete.n; i++)
		counts.gaps += target == SIZE_MAX || report->incomplete.v[i].target == target;
	return counts;
}

void stk_counts_text(struct stk_buf *out, const struct stk_counts *counts)
{
	const char *separator = "";
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;) {
		if (!counts->of[severity])
			continue;
		stk_buf_printf(out, "%s%zu %s", separator, counts->of[severity],
			       stk_severity_name((enum stk_severity)severity));
		separator = ", ";
	}
	if (!counts->total)
		stk_buf_add(out, counts->gaps ? S("nothing found in what could be scanned") : S("nothing found"));
	if (counts->suppressed)
		stk_buf_printf(out, " (%zu ignored)", counts->suppressed);
}

void stk_headline_text(struct stk_buf *out, const struct stk_report *report)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	stk_counts_text(out, &counts);
	if (report->unseen.n)
		stk_buf_printf(out, ", %zu image%s not looked at", report->unseen.n, report->unseen.n == 1 ? "" : "s");
}

/* "path:line (layer n)" in an image, "file:line:column" in the folder. */
void stk_finding_place(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	if (at->path.n) {
		stk_buf_add(out, at->path);
		if (at->line)
			stk_buf_printf(out, ":%u", at->line);
	} else {
		stk_buf_add(out, at->file.n ? at->file : report->targets.v[finding->target].name);
		if (at->line)
			stk_buf_printf(out, at->column ? ":%u:%u" : ":%u", at->line, at->column);
	}
	if (at->layer_index > 0)
		stk_buf_printf(out, " (layer %d)", at->layer_index);
}

struct stk_str stk_finding_message(const struct stk_finding *finding)
{
	struct stk_str message = finding->message.n ? finding->message
				 : finding->title.n ? finding->title
						    : finding->id;
	return stk_str_cut_line(&message);
}

/* Findings come in the order of their lines, so the search goes on where the last one ended. */
struct stk_str stk_target_line(const struct stk_target *target, uint32_t line)
{
	struct stk_line_cursor from_start = { 1, 0 }, *cursor = target->cursor ? target->cursor : &from_start;
	if (!line)
		return S("");
	if (!cursor->line || cursor->line > line || cursor->offset > target->text.n)
		*cursor = from_start;
	struct stk_str rest = stk_str_slice(target->text, cursor->offset, target->text.n);
	while (cursor->line < line && rest.n) {
		stk_str_cut_line(&rest);
		cursor->line++;
		cursor->offset = target->text.n - rest.n;
	}
	return cursor->line == line ? stk_str_cut_line(&rest) : S("");
}

/* No cryptography: nobody gains by a collision but who made the finding. */
static uint64_t mix(uint64_t hash, struct stk_str s)
{
	return (hash ^ stk_str_hash(s)) * UINT64_C(0x9e3779b97f4a7c15);
}

void stk_finding_fingerprint(const struct stk_report *report, const struct stk_finding *finding, char out[33])
{
	const struct stk_target *target = &report->targets.v[finding->target];
	const struct stk_vulnerability *v = finding->vulnerability;
	if (finding->fingerprint.n == 32) {
		snprintf(out, 33, STK_FMT, STK_ARG(finding->fingerprint));
		return;
	}
	/* Changing this list makes every known finding a new one for everybody. */
	struct stk_str parts[] = {
		finding->id,
		finding->location.file.n ? finding->location.file : target->name,
		finding->location.path,
		finding->location.service,
		v ? v->package->name : S(""),
		v ? v->package->version : S(""),
		stk_str_trim(stk_target_line(target, finding->location.line)),
		v ? S("")
		  : stk_finding_message(finding), /* a fix that comes out makes no other finding of a vulnerability */
	};
	uint64_t low = 1, high = 2;
	for (size_t i = 0; i < STK_LEN(parts); i++) {
		low = mix(low, parts[i]);
		high = mix(high ^ low >> 7, parts[i]);
	}
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
}
