# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
  create_duration = "30"
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
  destroy_duration = "1h30m"
}
