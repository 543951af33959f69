/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A loaded Compose project, as `docker compose` 2.40 would run it: files merged, variables replaced, short forms
 * expanded, defaults filled in, paths absolute. The structs are a typed view of the tree (node.h) for rules,
 * reachability and fixes; whatever they leave out is read from `node`. Strings and nodes live on the arena that the
 * project was loaded on.
 */

#include "compose/node.h"

/* One published port; a range in the short form gives one for each port. */
struct stk_compose_port {
	const struct stk_compose_node
		*node;			/* its place is the item in the file, also of one that a range expanded into */
	struct stk_str host_ip;		/* "" = all addresses, IPv4 and IPv6 */
	struct stk_str published;	/* as the model has it: "", "8080", "8000-8010" */
	uint32_t target;		/* port in the container */
	uint32_t host_first, host_last; /* of published; 0 = chosen by the engine (or not a number) */
	struct stk_str protocol;	/* "tcp", "udp", "sctp" */
	struct stk_str mode;		/* "ingress", "host" */
};

/* One entry of `volumes:` or `tmpfs:`, in its long form. */
struct stk_compose_mount {
	const struct stk_compose_node *node;
	struct stk_str type;	       /* "bind" "volume" "tmpfs" "npipe" "cluster" "image" */
	struct stk_str source, target; /* source: absolute host path, key of a top-level volume, or "" (anonymous) */
	bool read_only;
	struct stk_str propagation, selinux;	 /* of a bind; "" = default */
	const struct stk_compose_volume *volume; /* of a named volume: the top-level one, or NULL */
};

/* A service on a network. */
struct stk_compose_attachment {
	struct stk_str name;			   /* key of the top-level network */
	const struct stk_compose_network *network; /* NULL when it is not declared */
	const struct stk_compose_node *node;	   /* its settings; null when there are none */
	struct stk_compose_place place; /* of the name in the file; yaml == NULL for the implied default network */
	struct stk_strs aliases;
	struct stk_str ipv4, ipv6, mac;
	int64_t priority, gw_priority;
};

/* One variable of a service, whichever file it came from. */
struct stk_compose_variable {
	struct stk_str name, value;
	bool has_value; /* false: bare name without a value anywhere; the variable is unset in the container */
	const struct stk_compose_node
		*node;	     /* the value or list item in the Compose file; NULL when it came from an env_file */
	struct stk_str file; /* the env_file, absolute; empty otherwise */
	uint32_t line;	     /* in that file; 0: not known */
};

/* One entry of depends_on. */
struct stk_compose_dependency {
	struct stk_str service;
	struct stk_str condition; /* "service_started" ... */
	bool required, implied;	  /* implied: by links, volumes_from or a shared namespace */
};

/* One service, canonical. */
struct stk_compose_service {
	struct stk_str name;
	struct stk_compose_place place;	     /* of the key under services: */
	const struct stk_compose_node *node; /* the canonical map */
	bool active;			     /* its profiles are enabled (all are, unless the options say otherwise) */
	struct stk_strs profiles;
	struct stk_str image, container_name, hostname, user;
	const struct stk_compose_node *build; /* map, or NULL */
	struct stk_str network_mode, pid, ipc, uts, userns_mode, cgroup;
	struct {
		struct stk_compose_port *v;
		size_t n, cap;
	} ports;
	struct {
		struct stk_compose_mount *v;
		size_t n, cap;
	} mounts;
	struct {
		struct stk_compose_attachment *v;
		size_t n, cap;
	} networks; /* in the order in which Compose attaches: priority, name */
	struct {
		struct stk_compose_variable *v;
		size_t n, cap;
	} environment; /* env_files included */
	struct {
		struct stk_compose_dependency *v;
		size_t n, cap;
	} depends_on;
	struct stk_strs expose; /* "3000", "3000-3005", "53/udp" */
	struct stk_strs links;	/* "service" or "service:alias" */
	struct stk_strs external_links;
	struct stk_strs extra_hosts; /* "host=ip" */
	struct stk_strs cap_add, cap_drop, security_opt;
	struct stk_strs command, entrypoint;
	bool privileged, read_only;
};

/* One top-level network. */
struct stk_compose_network {
	struct stk_str key;		/* under networks: */
	struct stk_str name;		/* the engine's: two keys with one name are one network */
	struct stk_compose_place place; /* of the key; yaml == NULL for the implied default */
	const struct stk_compose_node *node;
	struct stk_str driver; /* "" = bridge */
	bool internal, external, attachable;
	bool ipv6; /* enable_ipv6 */
	bool ipv4; /* not switched off */
	struct stk_strs subnets;
};

/* One top-level volume. */
struct stk_compose_volume {
	struct stk_str key, name, driver;
	struct stk_compose_place place;
	const struct stk_compose_node *node;
	bool external;
	struct stk_str device; /* of a bind mount in disguise (driver_opts o: bind): the host path; else empty */
};

/* A top-level secret or config. */
struct stk_compose_object {
	struct stk_str key, name, file, environment, content;
	struct stk_compose_place place;
	const struct stk_compose_node *node;
	bool external;
};

/* A key that no version of the format knows. */
struct stk_compose_unknown {
	struct stk_str path; /* "services.web" */
	struct stk_str key;
	struct stk_str nearest; /* the key that was most likely meant, or empty */
	struct stk_compose_place place;
};

/* Something that Docker Compose would refuse though the file could be read. */
struct stk_compose_refusal {
	struct stk_str message;
	struct stk_compose_place place;
};

/* The project; everything lives on `arena`. */
struct stk_compose {
	struct stk_arena *arena;
	struct stk_str name;	  /* of the project */
	struct stk_str directory; /* project directory, absolute */
	struct stk_compose_node
		*root; /* the canonical tree: name, services, networks, volumes, secrets, configs, models, x-… */
	struct {
		struct stk_compose_source **v;
		size_t n, cap;
	} sources; /* every file read, in order */
	struct {
		struct stk_compose_service *v;
		size_t n, cap;
	} services; /* sorted by name, inactive ones too */
	struct {
		struct stk_compose_network *v;
		size_t n, cap;
	} networks; /* sorted by key */
	struct {
		struct stk_compose_volume *v;
		size_t n, cap;
	} volumes;
	struct {
		struct stk_compose_object *v;
		size_t n, cap;
	} secrets, configs;
	struct {
		struct stk_compose_unknown *v;
		size_t n, cap;
	} unknown; /* lenient loading only */
	struct {
		struct stk_compose_refusal *v;
		size_t n, cap;
	} refusals;				/* lenient loading only */
	struct stk_strs warnings;		/* what Compose says on standard error */
	const struct stk_compose_node *version; /* the obsolete top-level key, or NULL */
};

/* By name or key; NULL when there is none. */
const struct stk_compose_service *stk_compose_service(const struct stk_compose *project, struct stk_str name);
const struct stk_compose_network *stk_compose_network(const struct stk_compose *project, struct stk_str key);
const struct stk_compose_volume *stk_compose_volume(const struct stk_compose *project, struct stk_str key);
