flavor "network" "gcp" {
  description = "A network with a private subnetwork and a way out"
  location    = "remote"

  provides "network" {
    value = { id = output.id, subnet_ids = output.subnet_ids }
  }
}
