/* SPDX-License-Identifier: Apache-2.0 */
/* GitLab's container scanning report (security report schemas, version 15): known vulnerabilities of images only;
   everything else belongs in the code quality report. The schema asks for times: SOURCE_DATE_EPOCH fixes them. */
#include "base/time.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

static const char *const severities[STK_SEV_COUNT] = { "Unknown", "Info", "Low", "Medium", "High", "Critical" };

static void write_tool(struct stk_json_writer *w, const char *key)
{
	stk_json_key(w, key);
	stk_json_begin_object(w);
	stk_json_put_text(w, "id", "strake");
	stk_json_put_text(w, "name", "strake");
	stk_json_put_text(w, "version", STK_VERSION);
	stk_json_key(w, "vendor");
	stk_json_begin_object(w);
	stk_json_put_text(w, "name", "strake");
	stk_json_end_object(w);
	stk_json_end_object(w);
}

static void write_scan(struct stk_json_writer *w, const struct stk_report *report)
{
	struct stk_str now = stk_str_strip_suffix(stk_time_format(report->arena, stk_time_now()), S("Z"));
	stk_json_key(w, "scan");
	stk_json_begin_object(w);
	write_tool(w, "analyzer");
	write_tool(w, "scanner");
	stk_json_put_text(w, "type", "container_scanning");
	stk_json_put_str(w, "start_time", now);
	stk_json_put_str(w, "end_time", now);
	stk_json_put_text(w, "status", report->incomplete.n ? "failure" : "success");
	stk_json_end_object(w);
}

static void write_identifier(struct stk_json_writer *w, struct stk_str id, struct stk_str url)
{
	stk_json_begin_object(w);
	stk_json_put_text(w, "type",
			  stk_str_starts(id, S("CVE-"))	   ? "cve"
			  : stk_str_starts(id, S("GHSA-")) ? "ghsa"
							   : "osv");
	stk_json_put_str(w, "name", id);
	stk_json_put_str(w, "value", id);
	if (stk_str_starts(url, S("https://")) || stk_str_starts(url, S("http://")))
		stk_json_put_str(w, "url", url);
	stk_json_end_object(w);
}

static void write_location(struct stk_json_writer *w, const struct stk_target *target,
			   const struct stk_package *package)
{
	STK_BUF os = stk_buf_new(1024);
	stk_buf_printf(&os, STK_FMT " " STK_FMT, STK_ARG(target->os_family), STK_ARG(target->os_version));
	stk_json_key(w, "location");
	stk_json_begin_object(w);
	stk_json_key(w, "dependency");
	stk_json_begin_object(w);
	stk_json_key(w, "package");
	stk_json_begin_object(w);
	stk_json_put_str(w, "name", package->name);
	stk_json_end_object(w);
	stk_json_put_str(w, "version", package->version);
	stk_json_end_object(w);
	stk_json_put_str(w, "operating_system", target->os_family.n ? stk_buf_str(&os) : S("unknown"));
	stk_json_put_str(w, "image", target->name);
	stk_json_end_object(w);
}

static void write_vulnerability(struct stk_json_writer *w, const struct stk_report *report,
				const struct stk_finding *finding)
{
	char fingerprint[33];
	const struct stk_vulnerability *v = finding->vulnerability;
	stk_finding_fingerprint(report, finding, fingerprint);
	stk_json_begin_object(w);
	stk_json_put_text(w, "id", fingerprint);
	stk_json_put_str(w, "name", stk_utf8_cut(stk_finding_message(finding), 255)); /* the schema takes no more */
	stk_json_put_str(w, "description", v->description.n ? v->description : stk_finding_message(finding));
	stk_json_put_text(w, "severity", severities[finding->severity]);
	if (v->fixed_version.n) {
		STK_BUF solution = stk_buf_new(4096);
		stk_buf_printf(&solution, "Upgrade " STK_FMT " to " STK_FMT, STK_ARG(v->package->name),
			       STK_ARG(v->fixed_version));
		stk_json_put_str(w, "solution", stk_buf_str(&solution));
	}
	write_location(w, &report->targets.v[finding->target], v->package);
	stk_json_key(w, "identifiers");
	stk_json_begin_array(w);
	write_identifier(w, finding->id, finding->url);
	for (size_t i = 0; i < finding->aliases.n && i < 19; i++) /* the schema takes 20 */
		write_identifier(w, finding->aliases.v[i], S(""));
	stk_json_end_array(w);
	stk_json_key(w, "links");
	stk_json_begin_array(w);
	/* The schema wants absolute addresses. */
	for (size_t i = 0; i < v->references.n; i++)
		if (stk_str_starts(v->references.v[i], S("http"))) {
			stk_json_begin_object(w);
			stk_json_put_str(w, "url", v->references.v[i]);
			stk_json_end_object(w);
		}
	stk_json_end_array(w);
	stk_json_end_object(w);
}

void stk_render_gitlab_scanning(const struct stk_report *report, const struct stk_render_options *options,
				struct stk_buf *out)
{
	struct stk_json_writer w = stk_json_writer(out, 2);
	(void)options;
	stk_json_begin_object(&w);
	stk_json_put_text(&w, "version", "15.0.7");
	write_scan(&w, report);
	stk_json_key(&w, "vulnerabilities");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->findings.n; i++)
		if (report->findings.v[i].vulnerability && !report->findings.v[i].suppressed)
			write_vulnerability(&w, report, &report->findings.v[i]);
	stk_json_end_array(&w);
	stk_json_end_object(&w);
	stk_buf_byte(out, '\n');
}
