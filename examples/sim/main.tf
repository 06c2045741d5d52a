# A small platform in the simulated cloud, which lies in a file beside this one.

variable "servers" {
  type        = number
  default     = 2
  description = "How many servers there are."
}

provider "sim" {
  inventory = "cloud.jsonl"
  log       = "requests.jsonl"
}

resource "stackwright_sim_network" "main" {
  name = "main"
}

resource "stackwright_sim_subnet" "a" {
  name       = "a"
  network_id = stackwright_sim_network.main.id
}

resource "stackwright_sim_server" "worker" {
  count      = var.servers
  name       = "worker-${count.index}"
  network_id = stackwright_sim_network.main.id
}

resource "stackwright_sim_bucket" "models" {
  name = "models"
  tags = { team = "vision" }
}

resource "stackwright_sim_service" "predictor" {
  name       = "predictor"
  network_id = stackwright_sim_network.main.id
  tags       = { models = stackwright_sim_bucket.models.id }
}

output "endpoint" {
  value = stackwright_sim_service.predictor.endpoint
}
