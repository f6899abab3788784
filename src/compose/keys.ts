/** Names that the Compose specification knows, by place. Compose itself refuses others, except `x-…`. */

const names = (text: string) => new Set(text.trim().split(/\s+/))

export const topLevelKeys = names(
  'version name include services models networks volumes secrets configs',
)

export const serviceKeys = names(`
  annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
  cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy
  develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends
  external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging
  mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
  oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop privileged profiles provider pull_policy
  pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period
  stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir
`)

/** Keys below a service, by their place in it. */
export const nestedKeys: Readonly<Record<string, ReadonlySet<string>>> = {
  healthcheck: names('disable interval retries start_interval start_period test timeout'),
  deploy: names(
    'endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config',
  ),
  'deploy.resources': names('limits reservations'),
  'deploy.resources.limits': names('cpus memory pids'),
  'deploy.resources.reservations': names('cpus devices generic_resources memory'),
  extends: names('file service'),
  provider: names('options type'),
  logging: names('driver options'),
}

export const dependencyKeys = names('condition required restart')
export const secretKeys = names(
  'content driver driver_opts environment external file labels name template_driver',
)

/** The extensions of a service that Howdah itself reads, and those of Defang, whose files are read as they are. */
export const serviceExtensions = names('x-howdah-postgres x-defang-postgres')
export const defangExtensions = names(`
  x-defang-aliases x-defang-autoscaling x-defang-dns-role x-defang-llm x-defang-mongodb x-defang-policies
  x-defang-postgres x-defang-redis x-defang-static-files
`)
export const projectKeys = names('mode')
