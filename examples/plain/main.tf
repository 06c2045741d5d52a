# Plain configuration, as Terraform reads it too: no stack, no environments.

terraform {
  required_providers {
    local  = { source = "hashicorp/local" }
    random = { source = "hashicorp/random" }
  }
}

variable "teams" {
  description = "A greeting is written for each team."
  type        = map(string)
  default = {
    data = "Hello"
    ml   = "Good morning"
  }
}

resource "random_pet" "mascot" {
  for_each = var.teams
  length   = 2
}

resource "local_file" "greeting" {
  for_each = var.teams

  filename = "${path.module}/greeting-${each.key}.txt"
  content  = "${each.value}, ${each.key}! Your mascot is ${random_pet.mascot[each.key].id}.\n"
}

output "greetings" {
  description = "Where the greetings are."
  value       = { for team, file in local_file.greeting : team => file.filename }
}
