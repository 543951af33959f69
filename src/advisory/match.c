/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of one source have the same vulnerabilities: what was found for a source and version is kept for the
 * packages that follow. Everything that could not be judged is counted and said at the end.
 */
#include "advisory/match.h"

#include "advisory/ecosystem.h"
#include "advisory/range.h"
#include "advisory/vulnerability.h"
#include "base/map.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

enum { NAMES_IN_A_GAP = 5 };

/* An ecosystem of the database that speaks of the packages at hand. */
struct source {
	size_t number;
	struct stk_str release; /* "Debian:12" */
	const struct stk_ecosystem *row;
	bool subscription; /* its fixes are for subscribers, and the system shows none of their packages */
};

/* What could not be judged, and the packages it is about. */
struct doubt {
	struct stk_str what;
	struct stk_strs packages;
};

struct matching {
	const struct stk_database *database;
	const struct stk_match_os *os;
	struct stk_report *report;
	struct stk_arena *arena; /* the report's */
	size_t target;
	struct {
		struct source *v;
		size_t n, cap;
	} sources;
	struct stk_map judged;		    /* "release\0name\0version" of the first source -> struct stk_vulnerables */
	bool damaged;			    /* a row of the database led nowhere */
	struct stk_map unreadable, unknown; /* release, or purl type -> struct doubt */
};

/* Notes a package under what is in doubt; packages of one name and version that follow one another are named
   once. */
static void doubt(struct matching *m, struct stk_map *map, struct stk_str what, const struct stk_package *package)
{
	struct doubt **place = (struct doubt **)stk_map_at(map, m->arena, what);
	if (!*place) {
		*place = STK_NEW(m->arena, struct doubt, 1);
		(*place)->what = what;
	}
	struct stk_str name =
		stk_arena_printf(m->arena, STK_FMT " " STK_FMT, STK_ARG(package->name), STK_ARG(package->version));
	if (!(*place)->packages.n || !stk_str_eq((*place)->packages.v[(*place)->packages.n - 1], name))
		*STK_PUSH(m->arena, &(*place)->packages) = name;
}

/* Is any package of Ubuntu Pro's there? Its versions say "esm", and then its fixes can be had. */
static bool pro_packages(const struct stk_packages *packages)
{
	for (size_t i = 0; i < packages->n; i++)
		if (stk_str_contains(packages->v[i].version, S("esm")) && stk_str_is(packages->v[i].ecosystem, "deb"))
			return true;
	return false;
}

/* A distribution's advisories only for the release at hand; those of languages always. */
static void find_sources(struct matching *m, const struct stk_packages *packages)
{
	bool subscribed = pro_packages(packages);
	for (size_t i = 0; i < stk_database_count(m->database, STK_SECTION_ECOSYSTEMS); i++) {
		struct stk_str release = stk_database_str(m->database, stk_database_ecosystem(m->database, i)->name);
		const struct stk_ecosystem *row = stk_ecosystem_find(release);
		if (!row || (row->distribution && !stk_ecosystem_covers(release, m->os)))
			continue;
		*STK_PUSH(m->arena, &m->sources) =
			(struct source){ i, release, row, stk_str_starts(release, S("Ubuntu:Pro:")) && !subscribed };
	}
}

/* Module builds and ordinary builds of one name are different packages; the tag in the release tells them apart. */
static bool of_a_module(struct stk_str version)
{
	return stk_str_contains(version, S(".module"));
}

/* false: the row is damaged. *foreign: its fix is of a module and the package is not, or the other way round. */
static bool walk_ranges(const struct matching *m, const struct stk_row_affected *affected, struct stk_judge *judge,
			bool module, bool *foreign)
{
	uint32_t type, n, kind, ref;
	size_t at = 0;
	while (stk_database_word(m->database, affected->ranges, at, &type) &&
	       stk_database_word(m->database, affected->ranges, at + 1, &n)) {
		stk_judge_range(judge, (enum stk_range_type)type);
		at += 2;
		for (uint32_t i = 0; i < n; i++, at += 2) {
			if (!stk_database_word(m->database, affected->ranges, at, &kind) ||
			    !stk_database_word(m->database, affected->ranges, at + 1, &ref) || kind >= STK_EVENT_KINDS)
				return false;
			struct stk_str version = stk_database_str(m->database, ref);
			*foreign |= kind == STK_EVENT_FIXED && of_a_module(version) != module;
			stk_judge_event(judge, (enum stk_event_kind)kind, version);
		}
	}
	return true;
}

/* One "affected" of one advisory against the version that the ecosystem goes by. */
static enum stk_verdict judge_row(struct matching *m, const struct source *source,
				  const struct stk_row_affected *affected, const struct stk_package *package,
				  struct stk_str version, struct stk_str *fix)
{
	struct stk_judge judge = stk_judge_begin(source->row->scheme, version);
	bool module = package->modularity.n || of_a_module(version), foreign = false;
	uint32_t ref;
	for (size_t i = 0; stk_database_word(m->database, affected->versions, i, &ref); i++)
		stk_judge_listed(&judge, stk_database_str(m->database, ref));
	if (!walk_ranges(m, affected, &judge, module, &foreign)) {
		m->damaged = true;
		return STK_UNAFFECTED;
	}
	if (foreign && source->row->scheme == STK_SCHEME_RPM)
		return STK_UNAFFECTED;
	return stk_judge_end(&judge, fix);
}

/* All rows of the package in one ecosystem of the database. Numbers that lead nowhere end it with a gap, not
   with silence. */
static void find_hits(struct matching *m, const struct source *source, const struct stk_package *package,
		      struct stk_str name, struct stk_str version, struct stk_hits *hits)
{
	const struct stk_row_package *row = stk_database_find(m->database, source->number, name);
	for (uint32_t i = 0; row && i < row->n; i++) {
		const struct stk_row_affected *affected = stk_database_affected(m->database, (size_t)row->first + i);
		const struct stk_row_advisory *advisory =
			affected ? stk_database_advisory(m->database, affected->advisory) : NULL;
		struct stk_str fix = S("");
		if (!advisory) {
			m->damaged = true; /* nothing behind this is a row */
			break;
		}
		enum stk_verdict verdict = judge_row(m, source, affected, package, version, &fix);
		if (verdict == STK_AFFECTED)
			*STK_PUSH(m->arena, hits) = (struct stk_hit){ advisory,	       affected, source->row,
								      source->release, fix,	 source->subscription };
		else if (verdict == STK_UNDECIDED)
			doubt(m, &m->unreadable, source->release, package);
	}
}

/* "bash 5.1-2 has CVE-...; fixed in ...": the installed package, though the source's version may be what was compared
 * (the evidence says so). */
static struct stk_str message_of(struct matching *m, const struct stk_package *package,
				 const struct stk_vulnerable *vulnerable)
{
	const struct stk_vulnerability *v = &vulnerable->vulnerability;
	struct stk_str fix = v->fixed_version.n
				     ? stk_arena_printf(m->arena, "fixed in " STK_FMT, STK_ARG(v->fixed_version))
				     : S("no fixed version is known");
	return stk_arena_printf(m->arena, STK_FMT " " STK_FMT " has " STK_FMT "; " STK_FMT, STK_ARG(package->name),
				STK_ARG(package->version), STK_ARG(vulnerable->finding.id), STK_ARG(fix));
}

/* The fix is of what was compared, which for distributions is the source package's version. */
static struct stk_str remedy_of(struct matching *m, const struct stk_package *package,
				const struct stk_vulnerability *v)
{
	if (!v->fixed_version.n)
		return S("no fixed version is known: remove the package if the image does not need it, or accept the "
			 "risk with a reason and a date");
	return stk_arena_printf(m->arena, "upgrade " STK_FMT " to " STK_FMT " or later", STK_ARG(package->name),
				STK_ARG(v->fixed_version));
}

/* The finding for one binary package; what the advisories say was found out once for its source. */
static void emit(struct matching *m, const struct stk_package *package, const struct stk_vulnerable *vulnerable)
{
	struct stk_finding *finding = stk_report_add_bare(m->report, vulnerable->finding.id, m->target);
	struct stk_vulnerability *v = STK_NEW(m->arena, struct stk_vulnerability, 1);
	*v = vulnerable->vulnerability;
	*finding = vulnerable->finding;
	finding->evidence.cap =
		finding->evidence.n; /* what is added is this package's alone: the list must not be shared */
	finding->target = m->target;
	finding->vulnerability = v;
	v->package = package;
	finding->message = message_of(m, package, vulnerable);
	finding->why = S("");
	finding->remedy = remedy_of(m, package, v);
	finding->location = (struct stk_location){ .path = package->path,
						   .layer = package->layer,
						   .layer_index = package->layer_index };
	if (!stk_str_eq(package->source_name, package->name))
		stk_finding_evidence(m->report, finding, STK_FMT " is built from " STK_FMT " " STK_FMT,
				     STK_ARG(package->name), STK_ARG(package->source_name),
				     STK_ARG(package->source_version));
}

/* All vulnerabilities of the name and version that a source's advisories go by; NULL when the package was not looked up
 * anywhere. */
static const struct stk_vulnerables *judge_package(struct matching *m, const struct stk_package *package)
{
	struct stk_vulnerables **known = NULL;
	struct stk_hits hits = { 0 };
	for (size_t i = 0; i < m->sources.n; i++) {
		const struct source *source = &m->sources.v[i];
		bool by_source = source->row->key == STK_KEY_SOURCE;
		if (!stk_str_is(package->ecosystem, source->row->purl_type))
			continue;
		struct stk_str name =
			stk_ecosystem_package(m->arena, source->row, by_source ? package->source_name : package->name);
		struct stk_str version = by_source ? package->source_version : package->version;
		if (!known) {
			struct stk_str key = stk_arena_printf(m->arena, STK_FMT "%c" STK_FMT "%c" STK_FMT "%c" STK_FMT,
							      STK_ARG(package->ecosystem), 0, STK_ARG(name), 0,
							      STK_ARG(version), 0, STK_ARG(package->modularity));
			known = (struct stk_vulnerables **)stk_map_at(&m->judged, m->arena, key);
			if (*known)
				return *known;
		}
		find_hits(m, source, package, name, version, &hits);
	}
	if (!known)
		return NULL;
	*known = STK_NEW(m->arena, struct stk_vulnerables, 1);
	stk_vulnerabilities(m->database, m->arena, &hits, *known);
	return *known;
}

static void match_package(struct matching *m, const struct stk_package *package)
{
	if (stk_str_is(package->ecosystem, "rpm") && stk_str_is(package->name, "gpg-pubkey"))
		return; /* a key that rpm keeps beside the packages */
	const struct stk_vulnerables *found = judge_package(m, package);
	if (!found) {
		doubt(m, &m->unknown, package->ecosystem, package);
		return;
	}
	for (size_t i = 0; i < found->n; i++)
		emit(m, package, &found->v[i]);
}

/* The first few, as a gap is one line. */
static struct stk_str list_names(struct matching *m, const struct stk_strs *names)
{
	STK_BUF out = stk_buf_new(STK_KIB(64));
	for (size_t i = 0; i < names->n && i < NAMES_IN_A_GAP; i++)
		stk_buf_printf(&out, "%s" STK_FMT, i ? ", " : "", STK_ARG(names->v[i]));
	if (names->n > NAMES_IN_A_GAP)
		stk_buf_printf(&out, " and %zu more", names->n - NAMES_IN_A_GAP);
	return stk_arena_str(m->arena, stk_buf_str(&out));
}

static struct stk_str count_packages(struct matching *m, const struct doubt *doubt)
{
	return stk_arena_printf(m->arena, "%zu " STK_FMT " package%s", doubt->packages.n, STK_ARG(doubt->what),
				doubt->packages.n == 1 ? "" : "s");
}

/* Packages that no ecosystem of the database speaks of: nothing was compared, so nothing may be called clean. */
static void report_unknown(struct matching *m, const struct doubt *doubt)
{
	const struct stk_ecosystem *language = stk_ecosystem_of_purl(doubt->what);
	struct stk_str why = stk_arena_printf(
		m->arena, "the advisory database has nothing about " STK_FMT "; \"strake db update\" may bring it",
		STK_ARG(stk_system_text(m->arena, m->os)));
	if (language)
		why = stk_arena_printf(m->arena,
				       "the advisory database has no %s; add it with \"strake db update --ecosystems\"",
				       language->name);
	stk_report_gap(m->report, m->target, count_packages(m, doubt), why);
}

static void report_doubts(struct matching *m)
{
	if (m->damaged)
		stk_report_gap(m->report, m->target, S("advisory database"),
			       S("it is damaged: look at it with \"strake db status\", and build it again"));
	for (size_t i = 0; i < m->unknown.n; i++)
		report_unknown(m, m->unknown.entries[i].value);
	for (size_t i = 0; i < m->unreadable.n; i++) {
		const struct doubt *doubt = m->unreadable.entries[i].value;
		stk_report_gap(m->report, m->target, count_packages(m, doubt),
			       stk_arena_printf(m->arena,
						"versions that cannot be compared with the advisories': " STK_FMT,
						STK_ARG(list_names(m, &doubt->packages))));
	}
}

void stk_match(const struct stk_database *database, const struct stk_match_os *os, const struct stk_packages *packages,
	       size_t target, struct stk_report *report)
{
	struct matching m = {
		.database = database, .os = os, .report = report, .arena = report->arena, .target = target
	};
	find_sources(&m, packages);
	for (size_t i = 0; i < packages->n; i++)
		match_package(&m, &packages->v[i]);
	report_doubts(&m);
}
