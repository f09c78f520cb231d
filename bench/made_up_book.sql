-- Rows of a made-up book; {loans}, {plants} and {companies} are filled in by made_up_book.py.
-- Companies own each other in a tree of fours; one in three has a second owner. Plants have one owner or two.
insert into ref_run__settings (run_id, as_of_date, window_start_date, window_end_date, reporting_currency_code) values ('bench', '2026-06-30', '2025-07-01', '2026-06-30', 'USD');

insert into raw_reference__fx_rates (currency_code, rate_date, units_per_usd, frequency, source_row_number)
select c.code, d.day_date, c.rate, 'day', 1
from (values ('CNY', 7.1), ('EUR', 0.87), ('KZT', 520.0), ('IDR', 16300.0)) as c (code, rate), (values (date '2025-12-31'), (date '2026-06-30')) as d (day_date);

insert into raw_plants__plants (plant_id, plant_name, country_iso3, sector, route, status, commissioning_date, capacity_t_per_year, source_row_number)
select 'P' || i, 'Works ' || i, ['IDN', 'VNM', 'KAZ', 'PAK', 'EGY', 'UZB', 'TUR', 'ETH'][1 + i % 8], ['cement', 'steel', 'flat_glass'][1 + i % 3],
    ['integrated', 'eaf', 'float'][1 + i % 3], 'operating', date '1980-01-01' + ((i * 37) % 16000)::integer, case when i % 50 > 0 then 100000 + (i * 7919) % 4000000 end, i
from range({plants}) as t (i);

insert into raw_plants__process_units (unit_id, plant_id, process, capacity_t_per_year, commissioning_date, status, source_row_number)
select plant_id || '-1', plant_id, case sector when 'cement' then 'clinker_kiln' when 'steel' then 'eaf' else 'float_line' end, capacity_t_per_year, commissioning_date,
    'operating', source_row_number
from raw_plants__plants;

insert into raw_bank__counterparties (counterparty_id, counterparty_name, total_equity_amount, total_debt_amount, total_assets_amount, evic_amount,
    accounts_currency_code, accounts_date, revenue_amount, source_row_number)
select 'C' || i, 'Company ' || i, case when i % 11 > 0 then (i * 104729) % 900000000 - 20000000 end, (i * 15485863) % 700000000, (i * 7) % 1900000000 + 1,
    case when i % 9 = 0 then (i * 32452843) % 2000000000 + 1000000 end, ['USD', 'CNY', 'EUR'][1 + i % 3], date '2025-12-31', (i * 49979687) % 800000000, i
from range({companies}) as t (i);

insert into raw_bank__ownership (owner_id, owned_id, share_ratio, source_row_number)
select 'C' || (i // 4), 'C' || i, 0.6, i from range(1, {companies}) as t (i)
union all
select 'C' || (i // 9), 'C' || i, 0.3, i from range(1, {companies}) as t (i) where i % 3 = 0 and i // 9 <> i // 4
union all
select 'C' || ((i * 31) % {companies}), 'P' || i, case when i % 40 = 0 then null when i % 5 < 2 then 0.6 else 1 end, i from range({plants}) as t (i)
union all
select 'C' || ((i * 17 + 5) % {companies}), 'P' || i, 0.4, i from range({plants}) as t (i) where i % 5 < 2;

insert into raw_bank__loans (portfolio_id, loan_id, reporting_date, counterparty_id, counterparty_name, facility_type, currency_code, outstanding_amount, undrawn_amount,
    origination_date, maturity_date, sector, country_iso3, status, source_file_id, source_row_number)
select 'book_' || i % 4, 'L' || i, date '2026-06-30', case when i % 30 > 0 then 'C' || ((i * 7919) % {companies}) end, 'Company ' || ((i * 7919) % {companies}),
    case when i % 6 = 0 then 'project_finance' else 'term_loan' end, ['USD', 'CNY', 'EUR', 'KZT', 'IDR'][1 + i % 5], (i * 6700417) % 90000000, (i * 611953) % 9000000,
    date '2020-01-01', date '2027-01-01' + ((i * 13) % 4000)::integer, ['cement', 'steel', 'flat_glass'][1 + i % 3], 'IDN', case when i % 60 = 0 then 'repaid' else 'active' end, 'f', i
from range({loans}) as t (i);

insert into raw_bank__covenants (covenant_id, loan_id, metric, operator, level, first_test_date, reported_value, reported_date, notice_date, cure_days, source_row_number)
select 'V' || i, 'L' || i, 'leverage', 'at_most', 4.5, date '2024-12-31', 3 + (i % 30) / 10.0, date '2026-03-31', case when i % 7 = 0 then date '2026-06-10' end, 30, i
from range(0, {loans}, 10) as t (i);

insert into int_plants__class (plant_id, plant_class)
select plant_id, ['green', 'transition', 'not_green', 'unknown', 'unknown'][1 + source_row_number % 5] from raw_plants__plants;

insert into int_plants__emissions (plant_id, scope, period_start_date, period_end_date, production_t, production_item, emissions_tco2e, intensity_t_per_t, pcaf_option, pcaf_score)
select p.plant_id, k.scope, date '2025-07-01', date '2026-06-30', p.capacity_t_per_year * 0.7, 'production_' || p.sector, p.capacity_t_per_year * 0.5, 0.714, '2b', 3
from raw_plants__plants as p, (values ('1'), ('2')) as k (scope) where p.source_row_number % 20 > 0;
