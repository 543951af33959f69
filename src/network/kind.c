/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of images as the public registries have them; a match is on the last part of the
 * repository, since teams keep copies under names of their own. Ports are asked only where the
 * image says nothing.
 */
#include "network/kind.h"

#include "base/banned.h"

static const struct {
	const char *image, *text;
	enum stk_net_kind kind;
} images[] = {
	{ "adminer", "Adminer", STK_NET_ADMIN },
	{ "arangodb", "ArangoDB", STK_NET_STORE },
	{ "cadvisor", "cAdvisor", STK_NET_ADMIN },
	{ "cassandra", "Cassandra", STK_NET_STORE },
	{ "clickhouse", "ClickHouse", STK_NET_STORE },
	{ "clickhouse-server", "ClickHouse", STK_NET_STORE },
	{ "cockroach", "CockroachDB", STK_NET_STORE },
	{ "consul", "Consul", STK_NET_STORE },
	{ "couchbase", "Couchbase", STK_NET_STORE },
	{ "couchdb", "CouchDB", STK_NET_STORE },
	{ "dragonfly", "Dragonfly", STK_NET_STORE },
	{ "elasticsearch", "Elasticsearch", STK_NET_STORE },
	{ "envoy", "Envoy", STK_NET_PROXY },
	{ "etcd", "etcd", STK_NET_STORE },
	{ "haproxy", "HAProxy", STK_NET_PROXY },
	{ "httpd", "Apache httpd", STK_NET_PROXY },
	{ "influxdb", "InfluxDB", STK_NET_STORE },
	{ "kafka", "Kafka", STK_NET_STORE },
	{ "keydb", "KeyDB", STK_NET_STORE },
	{ "kibana", "Kibana", STK_NET_ADMIN },
	{ "mariadb", "MariaDB", STK_NET_STORE },
	{ "memcached", "Memcached", STK_NET_STORE },
	{ "minio", "MinIO", STK_NET_STORE },
	{ "mongo", "MongoDB", STK_NET_STORE },
	{ "mongo-express", "mongo-express", STK_NET_ADMIN },
	{ "mongodb", "MongoDB", STK_NET_STORE },
	{ "mysql", "MySQL", STK_NET_STORE },
	{ "mysql-server", "MySQL", STK_NET_STORE },
	{ "nats", "NATS", STK_NET_STORE },
	{ "neo4j", "Neo4j", STK_NET_STORE },
	{ "nginx", "nginx", STK_NET_PROXY },
	{ "nginx-proxy", "nginx", STK_NET_PROXY },
	{ "opensearch", "OpenSearch", STK_NET_STORE },
	{ "percona", "Percona", STK_NET_STORE },
	{ "pgadmin4", "pgAdmin", STK_NET_ADMIN },
	{ "phpmyadmin", "phpMyAdmin", STK_NET_ADMIN },
	{ "phpredisadmin", "phpRedisAdmin", STK_NET_ADMIN },
	{ "portainer", "Portainer", STK_NET_ADMIN },
	{ "portainer-ce", "Portainer", STK_NET_ADMIN },
	{ "postgis", "PostgreSQL", STK_NET_STORE },
	{ "postgres", "PostgreSQL", STK_NET_STORE },
	{ "postgresql", "PostgreSQL", STK_NET_STORE },
	{ "rabbitmq", "RabbitMQ", STK_NET_STORE },
	{ "redis", "Redis", STK_NET_STORE },
	{ "redis-commander", "Redis Commander", STK_NET_ADMIN },
	{ "redis-stack", "Redis", STK_NET_STORE },
	{ "rethinkdb", "RethinkDB", STK_NET_STORE },
	{ "scylla", "ScyllaDB", STK_NET_STORE },
	{ "solr", "Solr", STK_NET_STORE },
	{ "timescaledb", "PostgreSQL", STK_NET_STORE },
	{ "traefik", "Traefik", STK_NET_PROXY },
	{ "valkey", "Valkey", STK_NET_STORE },
	{ "vault", "Vault", STK_NET_STORE },
	{ "zookeeper", "ZooKeeper", STK_NET_STORE },
};

static const struct {
	uint16_t port;
	const char *text;
	enum stk_net_kind kind;
} ports[] = {
	{ 22, "SSH", STK_NET_ADMIN },
	{ 23, "Telnet", STK_NET_ADMIN },
	{ 111, "rpcbind", STK_NET_ADMIN },
	{ 139, "SMB", STK_NET_STORE },
	{ 389, "LDAP", STK_NET_STORE },
	{ 445, "SMB", STK_NET_STORE },
	{ 1433, "SQL Server", STK_NET_STORE },
	{ 1521, "Oracle", STK_NET_STORE },
	{ 2049, "NFS", STK_NET_STORE },
	{ 2181, "ZooKeeper", STK_NET_STORE },
	{ 2375, "the Docker API", STK_NET_ADMIN },
	{ 2376, "the Docker API", STK_NET_ADMIN },
	{ 2379, "etcd", STK_NET_STORE },
	{ 2380, "etcd", STK_NET_STORE },
	{ 3306, "MySQL", STK_NET_STORE },
	{ 3389, "RDP", STK_NET_ADMIN },
	{ 5432, "PostgreSQL", STK_NET_STORE },
	{ 5601, "Kibana", STK_NET_ADMIN },
	{ 5672, "AMQP", STK_NET_STORE },
	{ 5900, "VNC", STK_NET_ADMIN },
	{ 5984, "CouchDB", STK_NET_STORE },
	{ 6379, "Redis", STK_NET_STORE },
	{ 6443, "the Kubernetes API", STK_NET_ADMIN },
	{ 8086, "InfluxDB", STK_NET_STORE },
	{ 8200, "Vault", STK_NET_STORE },
	{ 8500, "Consul", STK_NET_STORE },
	{ 9042, "Cassandra", STK_NET_STORE },
	{ 9092, "Kafka", STK_NET_STORE },
	{ 9200, "Elasticsearch", STK_NET_STORE },
	{ 9300, "Elasticsearch", STK_NET_STORE },
	{ 10250, "kubelet", STK_NET_ADMIN },
	{ 11211, "Memcached", STK_NET_STORE },
	{ 15672, "RabbitMQ's management", STK_NET_ADMIN },
	{ 26257, "CockroachDB", STK_NET_STORE },
	{ 27017, "MongoDB", STK_NET_STORE },
	{ 50000, "Jenkins agents", STK_NET_ADMIN },
};

const char *stk_net_port_kind(uint16_t port, enum stk_net_kind *kind)
{
	for (size_t i = 0; i < STK_LEN(ports); i++)
		if (ports[i].port == port) {
			*kind = ports[i].kind;
			return ports[i].text;
		}
	return NULL;
}

/* "registry:5000/team/postgres:16@sha256:..." -> "postgres" */
static struct stk_str repository_name(struct stk_str image)
{
	struct stk_str last = stk_str_after_last(stk_str_slice(image, 0, stk_str_find_byte(image, '@')), '/');
	return stk_str_slice(last, 0, stk_str_find_byte(last, ':'));
}

static bool classify_image(struct stk_net_service *service)
{
	struct stk_str name = repository_name(service->image);
	for (size_t i = 0; name.n && i < STK_LEN(images); i++)
		if (stk_str_is(name, images[i].image)) {
			service->kind = images[i].kind;
			service->kind_text = images[i].text;
			return true;
		}
	return false;
}

void stk_net_classify(struct stk_net_service *service)
{
	service->kind = STK_NET_PLAIN;
	service->kind_text = NULL;
	if (classify_image(service))
		return;
	for (size_t i = 0; i < service->ports.n && !service->kind_text; i++)
		service->kind_text = stk_net_port_kind(service->ports.v[i].first, &service->kind);
	for (size_t i = 0; i < service->exposed.n && !service->kind_text; i++)
		service->kind_text = stk_net_port_kind(service->exposed.v[i].first, &service->kind);
}
