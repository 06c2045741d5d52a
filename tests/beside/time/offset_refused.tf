# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "x" {
  base_rfc3339 = "2020-01-01T00:00:00Z"
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "x" {
  offset_days = 1.5
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "x" {
  base_rfc3339 = "today"
  offset_days  = 1
}
