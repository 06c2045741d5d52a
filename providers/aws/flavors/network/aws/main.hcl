variable "cidr" {
  description = "The addresses of the network; at least a /20."
  type        = string
  default     = "10.0.0.0/16"
}

variable "zones" {
  description = "In how many zones it lies. Left out, the size says."
  type        = number
  default     = null
}

variable "nat_per_zone" {
  description = "Whether each zone has its own way out, so that one may fail. Left out, the size says."
  type        = bool
  default     = null
}

variable "size" {
  description = "The environment's size: small, medium or large."
  type        = string
  default     = "small"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_availability_zones" "all" {
  state = "available"
}

locals {
  count = coalesce(var.zones, { small = 2, medium = 2, large = 3 }[var.size])
  zones = slice(data.aws_availability_zones.all.names, 0, local.count)
  nats  = coalesce(var.nat_per_zone, var.size != "small") ? local.zones : slice(local.zones, 0, 1)
}

resource "aws_vpc" "network" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = var.context.name }
}

resource "aws_internet_gateway" "network" {
  vpc_id = aws_vpc.network.id
  tags   = { Name = var.context.name }
}

resource "aws_subnet" "public" {
  for_each = { for i, zone in local.zones : zone => i }

  vpc_id                  = aws_vpc.network.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.cidr, 4, each.value)
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.context.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" }
}

resource "aws_subnet" "private" {
  for_each = { for i, zone in local.zones : zone => i }

  vpc_id            = aws_vpc.network.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.cidr, 4, each.value + 8)
  tags              = { Name = "${var.context.name}-private-${each.key}", "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.network.id
  tags   = { Name = "${var.context.name}-public" }
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.network.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  for_each = toset(local.nats)

  domain     = "vpc"
  tags       = { Name = "${var.context.name}-nat-${each.key}" }
  depends_on = [aws_internet_gateway.network]
}

resource "aws_nat_gateway" "nat" {
  for_each = toset(local.nats)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = { Name = "${var.context.name}-${each.key}" }
  depends_on    = [aws_route.out]
}

resource "aws_route_table" "private" {
  for_each = toset(local.zones)

  vpc_id = aws_vpc.network.id
  tags   = { Name = "${var.context.name}-private-${each.key}" }
}

resource "aws_route" "private" {
  for_each = toset(local.zones)

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat[contains(local.nats, each.key) ? each.key : local.nats[0]].id
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}

# Traffic to S3 stays in AWS and costs nothing.
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.network.id
  service_name    = "com.amazonaws.${data.aws_region.current.name}.s3"
  route_table_ids = [for table in aws_route_table.private : table.id]
  tags            = { Name = "${var.context.name}-s3" }
}

data "aws_region" "current" {}

output "id" {
  description = "The VPC's id."
  value       = aws_vpc.network.id
}

output "private_subnet_ids" {
  description = "The subnets for machines, without addresses of the internet."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]

  # A machine there reaches the internet only once the way out is there.
  depends_on = [aws_route.private, aws_route_table_association.private]
}

output "public_subnet_ids" {
  description = "The subnets for balancers."
  value       = [for zone in local.zones : aws_subnet.public[zone].id]
}
