# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "now" {
  offset_days = 7
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "now" {
  offset_days  = 8
  offset_hours = 1
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "now" {
  base_rfc3339 = "2020-01-01T00:00:00Z"
  offset_days  = 8
}
