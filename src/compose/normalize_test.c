/* SPDX-License-Identifier: Apache-2.0 */
/* What Compose adds to a project once it is complete: the default network, dependencies that follow from other keys,
 * names of resources, values of bare variables. */
#include "project.h"
#include "test.h"

#define ROW(files, path, want)                                                                                         \
	{                                                                                                              \
		files, path, want                                                                                      \
	}

CASE(services_without_a_network_get_the_default_one)
{
	static const struct test_compose rows[] = {
		ROW("services: {a: {image: i}}\n", "services.a.networks", "{\"default\":null}"),
		ROW("services: {a: {image: i}}\n", "networks", "{\"default\":{\"name\":\"p_default\",\"ipam\":{}}}"),
		ROW("services: {a: {image: i, networks: []}}\n", "services.a.networks", "{\"default\":null}"),
		ROW("services: {a: {image: i, networks: {}}}\n", "services.a.networks", "{\"default\":null}"),
		ROW("services: {a: {image: i, network_mode: none}}\n", "services.a.networks", "(none)"),
		ROW("services: {a: {image: i, network_mode: none}}\n", "networks", "(none)"),
		ROW("services: {a: {provider: {type: t}}}\n", "services.a.networks", "(none)"),
		ROW("services: {a: {image: i}}\nnetworks: {default: {internal: true}}\n", "networks.default.internal",
		    "true"),
		ROW("services: {a: {image: i, networks: [n]}}\nnetworks: {n: }\n", "networks",
		    "{\"n\":{\"name\":\"p_n\",\"ipam\":{}}}"),
	};
	check_compose(rows);
}

CASE(keys_that_name_services_imply_dependencies)
{
#define TWO(key) "services: {a: {image: i, " key "}, b: {image: i}}\n"
	static const char restarts[] = "{\"b\":{\"condition\":\"service_started\",\"restart\":true,\"required\":true}}";
	static const char waits[] = "{\"b\":{\"condition\":\"service_started\",\"required\":true}}";
	static const struct test_compose rows[] = {
		ROW(TWO("links: [b]"), "services.a.depends_on", restarts),
		ROW(TWO("links: [\"b:alias\"]"), "services.a.depends_on", restarts),
		ROW(TWO("network_mode: \"service:b\""), "services.a.depends_on", restarts),
		ROW(TWO("ipc: \"service:b\""), "services.a.depends_on", restarts),
		ROW(TWO("pid: \"service:b\""), "services.a.depends_on", restarts),
		ROW(TWO("volumes_from: [\"b:ro\"]"), "services.a.depends_on", waits),
		ROW(TWO("volumes_from: [\"container:b\"]"), "services.a.depends_on", "(none)"),
		/* What is said stays. */
		ROW(TWO("links: [b], depends_on: {b: {condition: service_healthy}}"), "services.a.depends_on",
		    "{\"b\":{\"condition\":\"service_healthy\",\"required\":true}}"),
	};
	check_compose(rows);
}

CASE(resources_are_named_after_the_project)
{
#define USED "services: {a: {image: i, volumes: [\"vv:/v\"], secrets: [s], configs: [c]}}\n"
	static const struct test_compose rows[] = {
		ROW(USED "volumes: {vv: }\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n", "volumes.vv.name",
		    "\"p_vv\""),
		ROW(USED "volumes: {vv: }\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n", "secrets.s.name",
		    "\"p_s\""),
		ROW(USED "volumes: {vv: }\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n", "configs.c.name",
		    "\"p_c\""),
		ROW(USED "volumes: {vv: {external: true}}\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n",
		    "volumes.vv.name", "\"vv\""),
		ROW(USED "volumes: {vv: {name: own}}\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n",
		    "volumes.vv.name", "\"own\""),
	};
	check_compose(rows);
}

CASE(bare_names_take_their_value_from_the_environment)
{
	static const struct test_compose rows[] = {
		ROW("services: {a: {image: i, environment: [HOME, NOBODY]}}\n", "services.a.environment",
		    "{\"HOME\":\"/root\",\"NOBODY\":null}"),
		ROW("services: {a: {image: i, environment: {HOME: , NOBODY: }}}\n", "services.a.environment",
		    "{\"HOME\":\"/root\",\"NOBODY\":null}"),
		/* A build argument without a value is not passed on. */
		ROW("services: {a: {build: {context: ., args: [HOME, NOBODY]}}}\n", "services.a.build.args",
		    "{\"HOME\":\"/root\"}"),
		ROW("services: {a: {image: i, configs: [c]}}\nconfigs: {c: {environment: HOME}}\n", "configs.c.content",
		    "\"/root\""),
	};
	check_compose(rows);
}

CASE(builds_and_mounts_are_completed)
{
	static const struct test_compose rows[] = {
		ROW("services: {a: {build: {}}}\n", "services.a.build",
		    "{\"context\":\"/p\",\"dockerfile\":\"Dockerfile\"}"),
		ROW("services: {a: {build: {dockerfile_inline: FROM x}}}\n", "services.a.build.dockerfile", "(none)"),
		ROW("services: {a: {image: i, pull_policy: if_not_present}}\n", "services.a.pull_policy",
		    "\"missing\""),
		ROW("services: {a: {image: i, volumes: [\"/h:/x//y/../z/\"]}}\n", "services.a.volumes.0.target",
		    "\"/x/z\""),
		ROW("services: {a: {image: i, volumes: [{type: tmpfs}]}}\n", NULL,
		    "compose.yaml:1:36: volume is missing a mount target"),
	};
	check_compose(rows);
}
