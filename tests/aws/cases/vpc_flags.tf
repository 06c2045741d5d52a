# What can be set of networks, addresses and subnets.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block                           = "10.71.0.0/16"
  instance_tenancy                     = "default"
  enable_dns_support                   = local.step == 1
  enable_dns_hostnames                 = local.step == 1
  enable_network_address_usage_metrics = local.step == 2
}

resource "aws_subnet" "a" {
  vpc_id                              = aws_vpc.net.id
  cidr_block                          = "10.71.0.0/20"
  availability_zone_id                = "euc1-az2"
  map_public_ip_on_launch             = true
  private_dns_hostname_type_on_launch = "ip-name"
}

resource "aws_eip" "a" {
  count  = 2
  domain = "vpc"
  tags   = count.index == 0 ? { step = tostring(local.step) } : null
}
