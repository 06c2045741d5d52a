flavor "network" "aws" {
  description = "A VPC with public and private subnets in several zones"
  location    = "remote"

  provides "network" {
    value = { id = output.id, subnet_ids = output.private_subnet_ids }
  }
}
