data "google_compute_zones" "here" {
  status = "UP"
}

resource "google_compute_network" "n" {
  name                            = "a-network"
  auto_create_subnetworks         = false
  routing_mode                    = "GLOBAL"
  delete_default_routes_on_create = true
  description                     = "Of a cluster in ${join(", ", data.google_compute_zones.here.names)}."
}

resource "google_compute_subnetwork" "s" {
  name          = "a-subnetwork"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/21"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.4.0.0/14"
  }
  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = "10.8.0.0/20"
  }
  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
  }
}

resource "google_compute_subnetwork" "other" {
  name                     = "another-subnetwork"
  network                  = google_compute_network.n.name
  region                   = "europe-west1"
  ip_cidr_range            = "10.0.16.0/20"
  private_ip_google_access = true
}

resource "google_compute_router" "r" {
  name    = "a-router"
  network = google_compute_network.n.self_link
  bgp {
    asn = 64514
  }
}

resource "google_compute_address" "a" {
  count = 2
  name  = "an-address-${count.index}"
  labels = {
    purpose = "test"
  }
}

resource "google_compute_address" "internal" {
  name         = "an-internal-address"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.s.id
}

resource "google_compute_router_nat" "auto" {
  count                              = 3
  name                               = "nat-${count.index}"
  router                             = google_compute_router.r.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"
  subnetwork {
    name                    = google_compute_subnetwork.other.id
    source_ip_ranges_to_nat = ["PRIMARY_IP_RANGE"]
  }
}

resource "google_compute_router_nat" "manual" {
  name                               = "manual"
  router                             = google_compute_router.r.name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = google_compute_address.a[*].self_link
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"
  subnetwork {
    name                     = google_compute_subnetwork.s.self_link
    source_ip_ranges_to_nat  = ["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"]
    secondary_ip_range_names = ["pods"]
  }
  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

resource "google_compute_firewall" "f" {
  name          = "a-rule"
  network       = google_compute_network.n.name
  source_ranges = ["10.0.0.0/8"]
  allow {
    protocol = "TCP"
    ports    = ["80", "8000-8100"]
  }
  allow {
    protocol = "icmp"
  }
  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

resource "google_compute_firewall" "out" {
  name      = "a-rule-for-what-goes-out"
  network   = google_compute_network.n.id
  direction = "EGRESS"
  deny {
    protocol = "all"
  }
}

data "google_compute_network" "n" {
  name       = google_compute_network.n.name
  depends_on = [google_compute_subnetwork.s]
}

### then

resource "google_compute_network" "n" {
  name                            = "a-network"
  auto_create_subnetworks         = false
  routing_mode                    = "REGIONAL"
  mtu                             = 1500
  delete_default_routes_on_create = true
  description                     = "Of a cluster in europe-west1-b, europe-west1-c, europe-west1-d."
}

resource "google_compute_subnetwork" "s" {
  name                     = "a-subnetwork"
  network                  = google_compute_network.n.name
  ip_cidr_range            = "10.0.0.0/20"
  private_ip_google_access = true
  stack_type               = "IPV4_IPV6"
  ipv6_access_type         = "EXTERNAL"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.4.0.0/14"
  }
}

resource "google_compute_subnetwork" "other" {
  name          = "another-subnetwork"
  network       = google_compute_network.n.name
  ip_cidr_range = "10.0.16.0/20"
  log_config {
    flow_sampling   = 0.25
    metadata        = "CUSTOM_METADATA"
    metadata_fields = ["src_instance"]
  }
}

resource "google_compute_router" "r" {
  name        = "a-router"
  network     = google_compute_network.n.name
  description = "Changed."
  bgp {
    asn               = 64514
    advertise_mode    = "CUSTOM"
    advertised_groups = ["ALL_SUBNETS"]
    advertised_ip_ranges {
      range = "10.200.0.0/16"
    }
  }
}

resource "google_compute_address" "a" {
  count = 2
  name  = "an-address-${count.index}"
  labels = {
    purpose = "changed"
    more    = "yes"
  }
}

resource "google_compute_router_nat" "auto" {
  count                               = 2
  name                                = "nat-${count.index}"
  router                              = google_compute_router.r.id
  nat_ip_allocate_option              = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat  = "LIST_OF_SUBNETWORKS"
  enable_endpoint_independent_mapping = true
  min_ports_per_vm                    = 128
  subnetwork {
    name                    = google_compute_subnetwork.other.self_link
    source_ip_ranges_to_nat = ["PRIMARY_IP_RANGE"]
  }
}

resource "google_compute_router_nat" "manual" {
  name                               = "manual"
  router                             = google_compute_router.r.name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [google_compute_address.a[0].self_link]
  drain_nat_ips                      = [google_compute_address.a[1].self_link]
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

resource "google_compute_firewall" "f" {
  name        = "a-rule"
  network     = google_compute_network.n.self_link
  source_tags = ["a-tag"]
  target_tags = ["another-tag"]
  priority    = 900
  disabled    = true
  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
