# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
  create_duration = "10ms"
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
  create_duration  = "20ms"
  destroy_duration = "1ms"
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_sleep" "x" {
  create_duration = "20ms"
  triggers        = { a = "1" }
}
resource "terraform_data" "x" {
  input = time_sleep.x.id != ""
}
