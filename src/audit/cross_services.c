/* SPDX-License-Identifier: Apache-2.0 */
/* A Compose service against the Dockerfile and the image behind it: user, ports, read-only root. */
#include "audit/cross_private.h"

#include "compose/check.h"
#include "compose/official.h"
#include "base/banned.h"

/* Neither side alone can tell: the Dockerfile does not know who starts it, and Compose takes the image's user
   where it names none. */
void stk_cross_root(const struct stk_rule *rule, void *context)
{
	static const char *const file_rules[] = { "DL3002", "DF-002" };
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_service_user user = stk_deployed_user(service);
		bool from_image = user.source == STK_USER_DOCKERFILE || user.source == STK_USER_IMAGE;
		if (!user.root || !from_image)
			continue;
		size_t number = c->report->findings.n;
		struct stk_finding *finding = stk_cross_add(
			c, rule, service, "service " STK_FMT " runs as root: %s, and Compose names no user",
			STK_ARG(service->facts->name),
			user.source == STK_USER_IMAGE ? "its image's user is root"
			: user.instruction	      ? "its Dockerfile says USER root"
						      : "its Dockerfile names no user");
		if (user.source == STK_USER_IMAGE)
			stk_finding_evidence(c->report, finding, "image " STK_FMT ": User is \"" STK_FMT "\"",
					     STK_ARG(service->image->name),
					     STK_ARG(service->image->facts->config.user));
		else
			stk_finding_evidence(c->report, finding,
					     user.instruction ? STK_FMT ": USER " STK_FMT
							      : STK_FMT ": the stage that is built has no USER" STK_FMT,
					     STK_ARG(stk_cross_instruction(c, service, user.instruction)),
					     STK_ARG(user.instruction ? user.name : S("")));
		stk_finding_evidence(c->report, finding, STK_FMT ": service " STK_FMT " sets no user:",
				     STK_ARG(stk_cross_place(c, &service->facts->place)),
				     STK_ARG(service->facts->name));
		/* Without data of its own any user will do: what it writes goes to memory. */
		if (!stk_compose_keeps_data(service->facts) && service->facts->build)
			stk_compose_offer_user(c->report, finding, service->facts, S("65532:65532"));
		stk_cross_fold_service(c, number, "CMP-118", service);
		/* The Dockerfile's own finding stays when another service or none speaks of it. */
		for (size_t k = 0; service->dockerfile && k < STK_LEN(file_rules); k++)
			stk_cross_fold(c, number, file_rules[k], service->dockerfile->target, S(""),
				       service->dockerfile->path);
	}
}

/* The last HEALTHCHECK of the stage that is built and of those it stands on, else the image's, asks the program. */
static bool has_healthcheck(const struct stk_deployed_service *service)
{
	const struct stk_dockerfile *file = service->dockerfile ? service->dockerfile->facts : NULL;
	for (size_t stage = service->stage; file && stage < file->stages.n;) {
		const struct stk_build_stage *facts = &file->stages.v[stage];
		/* From the end: the last HEALTHCHECK of a stage counts. */
		for (size_t i = facts->first + facts->n; i-- > facts->first;)
			if (file->instructions.v[i]->keyword == STK_HEALTHCHECK)
				return !file->instructions.v[i]->words.n ||
				       !stk_str_eq_nocase(file->instructions.v[i]->words.v[0].value, S("NONE"));
		/* FROM names only earlier stages, so this ends. */
		stage = facts->parent < stage ? facts->parent : SIZE_MAX;
	}
	return service->image && service->image->facts->config.healthcheck.n &&
	       !stk_str_is(service->image->facts->config.healthcheck.v[0], "NONE");
}

/* The Dockerfile's last USER is root, but Compose starts every service that is built from it as somebody else. */
static void ease_root(struct stk_cross *c, struct stk_finding *finding, const struct stk_deployed_dockerfile *file)
{
	finding->severity = STK_SEV_LOW;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		const struct stk_compose_node *user = stk_compose_get(service->facts->node, "user");
		if (service->dockerfile == file)
			stk_finding_evidence(c->report, finding,
					     STK_FMT ": service " STK_FMT " runs as " STK_FMT
						     " all the same; whoever starts the image without Compose is root",
					     STK_ARG(stk_cross_place(c, user ? &user->place : &service->facts->place)),
					     STK_ARG(service->facts->name), STK_ARG(service->facts->user));
	}
}

/* Does every service that is built from it, and one at least, set another user than root? */
static bool users_are_set(const struct stk_cross *c, const struct stk_deployed_dockerfile *file)
{
	bool used = false;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		if (service->dockerfile != file)
			continue;
		struct stk_service_user user = stk_deployed_user(service);
		if (user.root || user.source != STK_USER_COMPOSE)
			return false;
		used = true;
	}
	return used;
}

/* DF-002 and DL3002 stay, but milder, where Compose makes up for them. */
static void settle_root(struct stk_cross *c)
{
	for (size_t i = 0; i < c->report->findings.n; i++) {
		struct stk_finding *finding = &c->report->findings.v[i];
		bool about_user = stk_str_is(finding->id, "DF-002") || stk_str_is(finding->id, "DL3002");
		for (size_t f = 0; about_user && f < c->deployment->dockerfiles.n; f++) {
			const struct stk_deployed_dockerfile *file = &c->deployment->dockerfiles.v[f];
			if (finding->target == file->target && finding->severity > STK_SEV_LOW &&
			    !stk_cross_is_gone(c, i) && users_are_set(c, file))
				ease_root(c, finding, file);
		}
	}
}

void stk_cross_settle(struct stk_cross *c)
{
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_service_user user = stk_deployed_user(service);
		if ((user.source == STK_USER_DOCKERFILE || user.source == STK_USER_IMAGE) && !user.root)
			stk_cross_drop(c, "CMP-118", service);
		if (!stk_compose_get(service->facts->node, "healthcheck") && has_healthcheck(service))
			stk_cross_drop(c, "CMP-406", service);
	}
	settle_root(c);
}

/* "80/tcp", "8000-8010/tcp" of an EXPOSE or an image's configuration. */
static bool covers(struct stk_str exposed, uint32_t port)
{
	struct stk_str rest = exposed, range = stk_str_cut(&rest, '/'), last = range, first = stk_str_cut(&last, '-');
	uint64_t from, to;
	if (!stk_str_u64(first, 10, &from))
		return false;
	return stk_str_u64(last.n ? last : first, 10, &to) && port >= from && port <= to;
}

/* What the stage and those it stands on expose. *any: something is said at all, and nothing that could not be read. */
static bool stage_exposes(const struct stk_dockerfile *file, size_t stage, uint32_t port, bool *any)
{
	while (stage < file->stages.n) {
		const struct stk_build_stage *facts = &file->stages.v[stage];
		for (size_t i = facts->first; i < facts->first + facts->n; i++) {
			const struct stk_instruction *instruction = file->instructions.v[i];
			for (size_t w = 0; instruction->keyword == STK_EXPOSE && w < instruction->words.n; w++) {
				struct stk_str value = instruction->words.v[w].value;
				*any = true;
				if (covers(value, port) || stk_str_find_byte(value, '$') != SIZE_MAX)
					return true;
			}
		}
		stage = facts->parent < stage ? facts->parent : SIZE_MAX;
	}
	return false;
}

/* Image, `expose:` and Dockerfile together; *any as in stage_exposes. */
static bool exposes(const struct stk_deployed_service *service, uint32_t port, bool *any)
{
	for (size_t i = 0; service->image && i < service->image->facts->config.exposed_ports.n; i++) {
		*any = true;
		if (covers(service->image->facts->config.exposed_ports.v[i], port))
			return true;
	}
	for (size_t i = 0; i < service->facts->expose.n; i++)
		if (covers(service->facts->expose.v[i], port))
			return true;
	return service->dockerfile && service->stage != SIZE_MAX &&
	       stage_exposes(service->dockerfile->facts, service->stage, port, any);
}

void stk_cross_unexposed(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		for (size_t p = 0; p < service->facts->ports.n; p++) {
			const struct stk_compose_port *port = &service->facts->ports.v[p];
			bool any = false;
			/* An image that exposes nothing documents nothing: that says little about the port. */
			if (exposes(service, port->target, &any) || !any)
				continue;
			struct stk_finding *finding =
				stk_cross_add(c, rule, service,
					      "service " STK_FMT " publishes port %u, which its image does not expose",
					      STK_ARG(service->facts->name), port->target);
			stk_cross_locate(service, &port->node->place, finding);
			stk_finding_evidence(c->report, finding, STK_FMT ": publishes %u",
					     STK_ARG(stk_cross_place(c, &port->node->place)), port->target);
			if (service->dockerfile)
				stk_finding_evidence(c->report, finding,
						     STK_FMT ": the stage that is built exposes other ports",
						     STK_ARG(stk_cross_instruction(c, service, NULL)));
		}
	}
}

/* The well-known image that a service runs, or that the stage it is built from stands on; NULL for all others. */
static const struct stk_official_image *official(const struct stk_deployed_service *service)
{
	const struct stk_dockerfile *file = service->dockerfile ? service->dockerfile->facts : NULL;
	size_t stage = service->stage;
	if (!service->facts->build)
		return stk_official_image(service->facts->image);
	while (file && stage < file->stages.n) {
		const struct stk_build_stage *facts = &file->stages.v[stage];
		if (facts->parent >= stage)
			return facts->resolved ? stk_official_image(facts->reference) : NULL;
		stage = facts->parent;
	}
	return NULL;
}

void stk_cross_read_only(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		/* A VOLUME of an image gets a volume of its own and needs no room. */
		const struct stk_official_image *image = service->facts->read_only ? official(service) : NULL;
		for (size_t k = 0; image && k < STK_LEN(image->writes) && image->writes[k]; k++)
			if (!stk_compose_has_room(service->facts, stk_str_from(image->writes[k])))
				stk_cross_add(c, rule, service,
					      "service " STK_FMT " is read-only, but %s writes %s: add a tmpfs there",
					      STK_ARG(service->facts->name), image->name, image->writes[k]);
	}
}
