data "google_container_engine_versions" "v" {
  version_prefix = "1.32."
}

resource "google_compute_network" "n" {
  name                    = "of-a-cluster"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "s" {
  name          = "of-a-cluster"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/20"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.4.0.0/14"
  }
  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = "10.8.0.0/20"
  }
}

resource "google_container_cluster" "c" {
  name                     = "a-cluster"
  location                 = "europe-west1"
  network                  = google_compute_network.n.id
  subnetwork               = google_compute_subnetwork.s.id
  initial_node_count       = 1
  remove_default_node_pool = true
  deletion_protection      = false
  min_master_version       = data.google_container_engine_versions.v.latest_master_version
  resource_labels = {
    purpose = "test"
  }
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }
  private_cluster_config {
    enable_private_nodes   = true
    master_ipv4_cidr_block = "172.16.0.0/28"
  }
  master_authorized_networks_config {
    cidr_blocks {
      cidr_block   = "192.0.2.0/24"
      display_name = "an office"
    }
  }
  workload_identity_config {
    workload_pool = "a-project.svc.id.goog"
  }
  release_channel {
    channel = "STABLE"
  }
  addons_config {
    gcs_fuse_csi_driver_config {
      enabled = true
    }
    http_load_balancing {
      disabled = true
    }
  }
  maintenance_policy {
    daily_maintenance_window {
      start_time = "03:00"
    }
  }
  vertical_pod_autoscaling {
    enabled = true
  }
}

resource "google_container_node_pool" "p" {
  count      = 2
  name       = "pool-${count.index}"
  cluster    = google_container_cluster.c.id
  node_count = 1
  management {
    auto_repair  = true
    auto_upgrade = false
  }
  node_config {
    machine_type = "e2-standard-4"
    spot         = true
    oauth_scopes = ["cloud-platform"]
    labels = {
      role = "worker"
    }
    tags = ["worker"]
    taint {
      key    = "dedicated"
      value  = "ml"
      effect = "NO_SCHEDULE"
    }
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}

resource "google_container_node_pool" "gpu" {
  name_prefix    = "gpu-"
  cluster        = google_container_cluster.c.name
  location       = google_container_cluster.c.location
  node_locations = ["europe-west1-b"]
  autoscaling {
    min_node_count = 0
    max_node_count = 3
  }
  node_config {
    machine_type = "g2-standard-4"
    guest_accelerator {
      type  = "nvidia-l4"
      count = 1
      gpu_driver_installation_config {
        gpu_driver_version = "LATEST"
      }
    }
    kubelet_config {
      cpu_manager_policy                     = "static"
      insecure_kubelet_readonly_port_enabled = "FALSE"
      pod_pids_limit                         = 2048
    }
  }
}

resource "google_container_cluster" "pilot" {
  name                = "on-autopilot"
  location            = "europe-west1"
  enable_autopilot    = true
  deletion_protection = false
}

data "google_container_cluster" "c" {
  name       = google_container_cluster.c.name
  location   = google_container_cluster.c.location
  depends_on = [google_container_node_pool.p]
}

output "ca" {
  value = data.google_container_cluster.c.master_auth[0].cluster_ca_certificate
}

### then

resource "google_compute_network" "n" {
  name                    = "of-a-cluster"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "s" {
  name          = "of-a-cluster"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/20"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.4.0.0/14"
  }
  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = "10.8.0.0/20"
  }
}

resource "google_container_cluster" "c" {
  name                        = "a-cluster"
  location                    = "europe-west1"
  network                     = google_compute_network.n.name
  subnetwork                  = google_compute_subnetwork.s.name
  initial_node_count          = 1
  remove_default_node_pool    = true
  deletion_protection         = false
  min_master_version          = "1.33.2-gke.1111000"
  enable_intranode_visibility = true
  enable_shielded_nodes       = false
  resource_labels = {
    purpose = "changed"
    more    = "yes"
  }
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }
  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
    master_ipv4_cidr_block  = "172.16.0.0/28"
  }
  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "198.51.100.0/24"
    }
  }
  workload_identity_config {
    workload_pool = "a-project.svc.id.goog"
  }
  release_channel {
    channel = "REGULAR"
  }
  addons_config {
    gcs_fuse_csi_driver_config {
      enabled = false
    }
    network_policy_config {
      disabled = false
    }
  }
  logging_config {
    enable_components = ["SYSTEM_COMPONENTS"]
  }
  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS", "POD"]
    managed_prometheus {
      enabled = false
    }
  }
  maintenance_policy {
    recurring_window {
      start_time = "2026-01-03T00:00:00Z"
      end_time   = "2026-01-04T00:00:00Z"
      recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
    }
    maintenance_exclusion {
      exclusion_name = "a-feast"
      start_time     = "2026-12-24T00:00:00Z"
      end_time       = "2026-12-27T00:00:00Z"
      exclusion_options {
        scope = "NO_UPGRADES"
      }
    }
  }
  dns_config {
    cluster_dns       = "CLOUD_DNS"
    cluster_dns_scope = "CLUSTER_SCOPE"
  }
}

resource "google_container_node_pool" "p" {
  count      = 1
  name       = "pool-${count.index}"
  cluster    = google_container_cluster.c.id
  node_count = 2
  management {
    auto_repair  = false
    auto_upgrade = true
  }
  node_config {
    machine_type = "e2-standard-8"
    disk_size_gb = 200
    spot         = true
    oauth_scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    labels = {
      role = "changed"
    }
    taint {
      key    = "dedicated"
      value  = "changed"
      effect = "NO_EXECUTE"
    }
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
  upgrade_settings {
    max_surge       = 2
    max_unavailable = 1
  }
}

resource "google_container_node_pool" "gpu" {
  name_prefix    = "gpu-"
  cluster        = google_container_cluster.c.name
  location       = google_container_cluster.c.location
  node_locations = ["europe-west1-b", "europe-west1-c"]
  autoscaling {
    total_min_node_count = 1
    total_max_node_count = 4
    location_policy      = "ANY"
  }
  node_config {
    machine_type = "g2-standard-4"
    guest_accelerator {
      type  = "nvidia-l4"
      count = 1
      gpu_driver_installation_config {
        gpu_driver_version = "LATEST"
      }
    }
  }
}
