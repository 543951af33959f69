/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trivy's JSON report, SchemaVersion 2, so that what reads Trivy's output works unchanged. Of each target there is one
 * result a class: os-pkgs, lang-pkgs, config; of secrets one a file. Fields that carry random ids or the time of the
 * run are left out: same input, same bytes.
 */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/map.h"
#include "base/time.h"
#include "text/json.h"
#include "base/banned.h"

enum result_class { OS_PACKAGES, LANGUAGE_PACKAGES, CONFIG, SECRET, CLASSES };

static const char *const class_names[CLASSES] = { "os-pkgs", "lang-pkgs", "config", "secret" };
static const char *const member_names[CLASSES] = { "Vulnerabilities", "Vulnerabilities", "Misconfigurations",
						   "Secrets" };

static bool is_os_package(const struct stk_package *package)
{
	return stk_str_is(package->ecosystem, "deb") || stk_str_is(package->ecosystem, "rpm") ||
	       stk_str_is(package->ecosystem, "apk") || stk_str_is(package->ecosystem, "alpm");
}

static enum result_class class_of(const struct stk_finding *finding)
{
	if (finding->vulnerability)
		return is_os_package(finding->vulnerability->package) ? OS_PACKAGES : LANGUAGE_PACKAGES;
	return finding->layer == STK_LAYER_SECRETS ? SECRET : CONFIG;
}

static void put_severity(struct stk_json_writer *w, enum stk_severity severity)
{
	static const char *const names[STK_SEV_COUNT] = { "UNKNOWN", "LOW", "LOW", "MEDIUM", "HIGH", "CRITICAL" };
	stk_json_put_text(w, "Severity", names[severity]); /* Trivy knows no "info" */
}

/* An empty object where no layer is known. */
static void put_layer(struct stk_json_writer *w, struct stk_str diff_id)
{
	stk_json_key(w, "Layer");
	stk_json_begin_object(w);
	stk_json_put_str_if(w, "DiffID", diff_id);
	stk_json_end_object(w);
}

/* Trivy's own form of an id, name@version. */
static void put_package_id(struct stk_json_writer *w, struct stk_arena *arena, const char *key,
			   const struct stk_package *p)
{
	stk_json_put_str(w, key, stk_arena_printf(arena, STK_FMT "@" STK_FMT, STK_ARG(p->name), STK_ARG(p->version)));
}

static void put_identifier(struct stk_json_writer *w, const char *key, const struct stk_package *p)
{
	stk_json_key(w, key);
	stk_json_begin_object(w);
	stk_json_put_str_if(w, "PURL", p->purl);
	stk_json_end_object(w);
}

static void write_cvss(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_vulnerability *v)
{
	static const struct {
		const char *prefix, *vector, *score;
	} forms[] = {
		{ "CVSS:4", "V40Vector", "V40Score" },
		{ "CVSS:3", "V3Vector", "V3Score" },
		{ "", "V2Vector", "V2Score" },
	};
	if (!v->cvss.n)
		return;
	stk_json_key(w, "CVSS");
	stk_json_begin_object(w);
	/* One object a source, with all its vectors: two keys of one name would be broken JSON
	   to strict readers. */
	struct stk_map sources = { 0 };
	for (size_t i = 0; i < v->cvss.n; i++) {
		struct stk_str source = v->cvss.v[i].source.n ? v->cvss.v[i].source : S("osv");
		if (!stk_map_add(&sources, arena, source))
			continue;
		stk_json_key_str(w, source);
		stk_json_begin_object(w);
		for (size_t j = i; j < v->cvss.n; j++) {
			struct stk_str other = v->cvss.v[j].source.n ? v->cvss.v[j].source : S("osv");
			size_t form = 0;
			while (!stk_str_starts(v->cvss.v[j].vector, stk_str_from(forms[form].prefix)))
				form++;
			if (!stk_str_eq(source, other))
				continue;
			stk_json_put_str(w, forms[form].vector, v->cvss.v[j].vector);
			stk_json_key(w, forms[form].score);
			stk_json_write_double(w, v->cvss.v[j].score);
		}
		stk_json_end_object(w);
	}
	stk_json_end_object(w);
}

static void write_vulnerability(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_finding *finding)
{
	const struct stk_vulnerability *v = finding->vulnerability;
	stk_json_begin_object(w);
	stk_json_put_str(w, "VulnerabilityID", finding->id);
	stk_json_put_strs_if(w, "VendorIDs", &finding->aliases);
	put_package_id(w, arena, "PkgID", v->package);
	stk_json_put_str(w, "PkgName", v->package->name);
	if (!is_os_package(v->package))
		stk_json_put_str_if(w, "PkgPath", v->package->path);
	put_identifier(w, "PkgIdentifier", v->package);
	stk_json_put_str(w, "InstalledVersion", v->package->version);
	stk_json_put_str_if(w, "FixedVersion", v->fixed_version);
	stk_json_put_str_if(w, "Status", v->status);
	put_layer(w, v->package->layer);
	stk_json_put_str_if(w, "SeveritySource", v->severity_source);
	stk_json_put_str_if(w, "PrimaryURL", finding->url);
	stk_json_put_str_if(w, "Title", finding->title);
	stk_json_put_str_if(w, "Description", v->description);
	put_severity(w, finding->severity);
	stk_json_put_strs_if(w, "CweIDs", &v->cwes);
	write_cvss(w, arena, v);
	stk_json_put_strs_if(w, "References", &v->references);
	if (v->published)
		stk_json_put_str(w, "PublishedDate", stk_time_format(arena, v->published));
	if (v->modified)
		stk_json_put_str(w, "LastModifiedDate", stk_time_format(arena, v->modified));
	stk_json_end_object(w);
}

/* Trivy's checks are known to scripts by DS-NNNN where there is one. */
static struct stk_str check_id(const struct stk_finding *finding)
{
	for (size_t i = 0; i < finding->aliases.n; i++)
		if (stk_str_starts(finding->aliases.v[i], S("DS-")))
			return finding->aliases.v[i];
	return finding->id;
}

/* A finding is a failed check; checks that passed are not in a report of ours. */
static void write_misconfiguration(struct stk_json_writer *w, const struct stk_target *target,
				   const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	stk_json_begin_object(w);
	stk_json_put_str(w, "Type", target->kind);
	stk_json_put_str(w, "ID", check_id(finding));
	stk_json_put_str(w, "Title", finding->title);
	stk_json_put_str(w, "Description", finding->why);
	stk_json_put_str(w, "Message", finding->message);
	stk_json_put_str(w, "Resolution", finding->remedy);
	put_severity(w, finding->severity);
	stk_json_put_str_if(w, "PrimaryURL", finding->url);
	stk_json_put_text(w, "Status", "FAIL");
	stk_json_key(w, "CauseMetadata");
	stk_json_begin_object(w);
	stk_json_put_text(w, "Provider", target->kind.p);
	stk_json_put_text(w, "Service", "general");
	if (at->line) {
		stk_json_put_int(w, "StartLine", at->line);
		stk_json_put_int(w, "EndLine", at->end_line ? at->end_line : at->line);
	}
	stk_json_end_object(w);
	stk_json_end_object(w);
}

static void write_secret(struct stk_json_writer *w, const struct stk_finding *finding)
{
	stk_json_begin_object(w);
	stk_json_put_str(w, "RuleID", finding->id);
	stk_json_put_text(w, "Category", "secret");
	put_severity(w, finding->severity);
	stk_json_put_str(w, "Title", finding->title);
	stk_json_put_int(w, "StartLine", finding->location.line);
	stk_json_put_int(w, "EndLine",
			 finding->location.end_line ? finding->location.end_line : finding->location.line);
	stk_json_put_str(w, "Match", finding->message);
	put_layer(w, finding->location.layer);
	stk_json_end_object(w);
}

static void write_package(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_package *p)
{
	stk_json_begin_object(w);
	put_package_id(w, arena, "ID", p);
	stk_json_put_str(w, "Name", p->name);
	put_identifier(w, "Identifier", p);
	stk_json_put_str(w, "Version", p->version);
	stk_json_put_str_if(w, "Arch", p->architecture);
	stk_json_put_str_if(w, "SrcName", p->source_name);
	stk_json_put_str_if(w, "SrcVersion", p->source_version);
	if (p->license.n) {
		stk_json_key(w, "Licenses");
		stk_json_begin_array(w);
		stk_json_write_str(w, p->license);
		stk_json_end_array(w);
	}
	put_layer(w, p->layer);
	stk_json_end_object(w);
}

/* dry: only counts, since an empty class gets no result at all. */
static size_t write_packages(struct stk_json_writer *w, const struct stk_report *report, size_t number,
			     enum result_class wanted, bool dry)
{
	size_t n = 0;
	for (size_t i = 0; i < report->packages.n; i++) {
		const struct stk_package *p = report->packages.v[i];
		if (p->target != number || (is_os_package(p) ? OS_PACKAGES : LANGUAGE_PACKAGES) != wanted)
			continue;
		n++;
		if (!dry)
			write_package(w, report->arena, p);
	}
	return n;
}

static size_t write_findings(struct stk_json_writer *w, const struct stk_report *report, size_t number,
			     enum result_class wanted, bool dry)
{
	size_t n = 0;
	STK_EACH_FINDING(finding, report, number)
	{
		if (finding->suppressed || class_of(finding) != wanted)
			continue;
		n++;
		if (dry)
			continue;
		if (finding->vulnerability)
			write_vulnerability(w, report->arena, finding);
		else
			write_misconfiguration(w, &report->targets.v[number], finding);
	}
	return n;
}

/* Where Trivy would say that a secret stands: the path from the image's root, or the file. */
static struct stk_str file_of(const struct stk_report *report, const struct stk_finding *finding)
{
	const struct stk_target *target = &report->targets.v[finding->target];
	const struct stk_location *at = &finding->location;
	if (at->path.n && stk_str_is(target->kind, "image"))
		return stk_arena_join(report->arena, S("/"), at->path);
	return at->path.n ? at->path : at->file.n ? at->file : target->name;
}

/* One result a file, as its first secret comes; files of an image are written from its root. */
static void write_secrets(struct stk_json_writer *w, const struct stk_report *report, size_t number)
{
	struct stk_map files = { 0 }; /* file -> where the number of its next secret goes */
	struct {
		size_t *v;
		size_t n, cap;
	} firsts = { 0 };
	size_t *next = STK_NEW(report->arena, size_t, report->findings.n + 1);
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (finding->target != number || finding->suppressed || class_of(finding) != SECRET)
			continue;
		size_t **tail = (size_t **)stk_map_at(&files, report->arena, file_of(report, finding));
		if (*tail)
			**tail = i + 1;
		else
			*STK_PUSH(report->arena, &firsts) = i + 1;
		*tail = &next[i];
	}
	for (size_t f = 0; f < firsts.n; f++) {
		stk_json_begin_object(w);
		stk_json_put_str(w, "Target", file_of(report, &report->findings.v[firsts.v[f] - 1]));
		stk_json_put_text(w, "Class", class_names[SECRET]);
		stk_json_key(w, member_names[SECRET]);
		stk_json_begin_array(w);
		for (size_t i = firsts.v[f]; i; i = next[i - 1])
			write_secret(w, &report->findings.v[i - 1]);
		stk_json_end_array(w);
		stk_json_end_object(w);
	}
}

static struct stk_str target_text(const struct stk_report *report, const struct stk_target *target,
				  enum result_class kind)
{
	if (kind != OS_PACKAGES || !target->os_family.n)
		return target->name;
	return stk_arena_printf(report->arena, STK_FMT " (" STK_FMT " " STK_FMT ")", STK_ARG(target->name),
				STK_ARG(target->os_family), STK_ARG(target->os_version));
}

/* A result is a target and a class; classes without packages and findings are left out. */
static void write_result(struct stk_json_writer *w, const struct stk_report *report, size_t number,
			 enum result_class kind)
{
	const struct stk_target *target = &report->targets.v[number];
	size_t packages = kind <= LANGUAGE_PACKAGES ? write_packages(w, report, number, kind, true) : 0;
	size_t findings = write_findings(w, report, number, kind, true);
	if (!packages && !findings)
		return;
	stk_json_begin_object(w);
	stk_json_put_str(w, "Target", target_text(report, target, kind));
	stk_json_put_text(w, "Class", class_names[kind]);
	stk_json_put_str(w, "Type", kind == OS_PACKAGES ? target->os_family : target->kind);
	if (packages) {
		stk_json_key(w, "Packages");
		stk_json_begin_array(w);
		write_packages(w, report, number, kind, false);
		stk_json_end_array(w);
	}
	if (findings) {
		stk_json_key(w, member_names[kind]);
		stk_json_begin_array(w);
		write_findings(w, report, number, kind, false);
		stk_json_end_array(w);
	}
	stk_json_end_object(w);
}

static struct stk_str fact(const struct stk_target *target, const char *name)
{
	for (size_t i = 0; i < target->facts.n; i++)
		if (stk_str_is(target->facts.v[i].name, name))
			return target->facts.v[i].value;
	return (struct stk_str){ 0 };
}

/* Both lists that Trivy has of the same: scripts read either. */
static void write_layers(struct stk_json_writer *w, const struct stk_target *target)
{
	stk_json_key(w, "DiffIDs");
	stk_json_begin_array(w);
	for (size_t i = 0; i < target->layers.n; i++)
		stk_json_write_str(w, target->layers.v[i].digest);
	stk_json_end_array(w);
	stk_json_key(w, "Layers");
	stk_json_begin_array(w);
	for (size_t i = 0; i < target->layers.n; i++) {
		stk_json_begin_object(w);
		stk_json_put_int(w, "Size", (int64_t)target->layers.v[i].size);
		stk_json_put_str(w, "DiffID", target->layers.v[i].digest);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

/* The fact holds the tags with ", " between them. */
static void put_tags(struct stk_json_writer *w, struct stk_str tags)
{
	if (!tags.n)
		return;
	stk_json_key(w, "RepoTags");
	stk_json_begin_array(w);
	while (tags.n)
		stk_json_write_str(w, stk_str_trim(stk_str_cut(&tags, ',')));
	stk_json_end_array(w);
}

static void write_metadata(struct stk_json_writer *w, const struct stk_target *target)
{
	stk_json_key(w, "Metadata");
	stk_json_begin_object(w);
	if (target->os_family.n) {
		stk_json_key(w, "OS");
		stk_json_begin_object(w);
		stk_json_put_str(w, "Family", target->os_family);
		stk_json_put_str(w, "Name", target->os_version);
		if (target->os_end_of_life)
			stk_json_put_bool(w, "EOSL", true);
		stk_json_end_object(w);
	}
	stk_json_put_str_if(w, "ImageID", fact(target, "Id"));
	if (target->layers.n)
		write_layers(w, target);
	put_tags(w, fact(target, "Tags"));
	stk_json_end_object(w);
}

void stk_render_trivy(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	static const struct stk_target nothing = { .name = { "", 0 }, .kind = { "", 0 } };
	const struct stk_target *first = report->targets.n ? &report->targets.v[0] : &nothing;
	struct stk_json_writer w = stk_json_writer(out, 2);
	(void)options;
	stk_json_begin_object(&w);
	stk_json_put_int(&w, "SchemaVersion", 2);
	stk_json_put_str(&w, "ArtifactName", first->name);
	stk_json_put_text(&w, "ArtifactType", stk_str_is(first->kind, "image") ? "container_image" : "filesystem");
	stk_json_put_str_if(&w, "ArtifactID", fact(first, "Id"));
	write_metadata(&w, first);
	stk_json_key(&w, "Results");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->targets.n; i++) {
		for (enum result_class kind = 0; kind < SECRET; kind++)
			write_result(&w, report, i, kind);
		write_secrets(&w, report, i);
	}
	stk_json_end_array(&w);
	stk_json_end_object(&w);
	stk_buf_byte(out, '\n');
}
