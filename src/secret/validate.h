/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Checksums and structures that tell a real token from one of the same shape. Offline, pure
 * functions: a token is never tried against its service. Rows of the catalogue name them.
 */

#include "secret/catalogue.h"

stk_secret_validator stk_secret_atlassian_crc32;
stk_secret_validator stk_secret_aws_key_id;
stk_secret_validator stk_secret_azure_sas;
stk_secret_validator stk_secret_base64_userpass;
stk_secret_validator stk_secret_discord_snowflake;
stk_secret_validator stk_secret_docker_auth;
stk_secret_validator stk_secret_github_crc32;
stk_secret_validator stk_secret_gitlab_routable_crc32;
stk_secret_validator stk_secret_grafana_crc32;
stk_secret_validator stk_secret_jwt_json;
stk_secret_validator stk_secret_npm_crc32;
stk_secret_validator stk_secret_pem_body;
stk_secret_validator stk_secret_putty_key;
stk_secret_validator stk_secret_stripe_mode;
/* A Java key store (JKS or JCEKS, whole) in which there is nothing but certificates. */
bool stk_secret_is_trust_store(struct stk_str bytes);
